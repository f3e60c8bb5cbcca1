"""What goes over the wire, made from what the domain says."""
