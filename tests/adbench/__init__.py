"""The ADBench problems: data, and the objectives in our own words from the formulas there."""
