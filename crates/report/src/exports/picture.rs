use crate::Error;
use figure::Chart;
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, LazyLock};
use usvg::fontdb;

/// Pixels per inch of a picture for print.
const PRINT_DPI: f32 = 300.0;
/// Pixels per inch in which a chart is drawn (CSS).
const CSS_DPI: f32 = 96.0;
const METRES_PER_INCH: f32 = 0.0254;

/// Only the embedded font: a picture must not depend on the machine that makes it.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for face in figure::fonts::FACES {
        fonts.load_font_source(fontdb::Source::Binary(Arc::new(face)));
    }
    fonts.set_sans_serif_family(figure::fonts::FAMILY);
    Arc::new(fonts)
});

/// A chart as a PNG at 300 dpi, on white.
pub(super) fn png(chart: &Chart) -> Result<Vec<u8>, Error> {
    let fault = |reason: String| Error::Picture {
        chart: chart.id().to_owned(),
        reason,
    };
    let options = usvg::Options {
        font_family: figure::fonts::FAMILY.to_owned(),
        fontdb: FONTS.clone(),
        ..usvg::Options::default()
    };
    let tree =
        usvg::Tree::from_str(chart.svg(), &options).map_err(|error| fault(error.to_string()))?;
    let scale = PRINT_DPI / CSS_DPI;
    let pixels = |length: f32| (length * scale).ceil() as u32;
    let size = tree.size();
    let mut pixmap = tiny_skia::Pixmap::new(pixels(size.width()), pixels(size.height()))
        .ok_or_else(|| fault("de afmetingen zijn niet bruikbaar".to_owned()))?;
    pixmap.fill(tiny_skia::Color::WHITE);
    resvg::render(
        &tree,
        tiny_skia::Transform::from_scale(scale, scale),
        &mut pixmap.as_mut(),
    );
    encode(&pixmap).map_err(|error| fault(error.to_string()))
}

/// Writes the pixels with their density, so that word processors show them at natural size.
fn encode(pixmap: &tiny_skia::Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let per_metre = (PRINT_DPI / METRES_PER_INCH).round() as u32;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    // On white everything is opaque, so premultiplied colours are the colours themselves.
    let opaque = pixmap.pixels().iter();
    let colours: Vec<u8> = opaque
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
        .collect();
    writer.write_image_data(&colours)?;
    writer.finish()?;
    Ok(bytes)
}
