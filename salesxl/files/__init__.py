"""Files of ours: their names, safe writing in one rename, links between them, and what the package ships."""
