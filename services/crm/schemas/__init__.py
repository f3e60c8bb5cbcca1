"""What goes over the wire: pushed rows, rows read, files to import."""
