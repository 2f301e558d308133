"""Facts about programs that later stages ask for."""
