//! Released results as accessible SVG charts with their data tables.
