"""Ties at risk as they go over the wire: `ties` what is said of them now, `past` what was, and what people say."""
