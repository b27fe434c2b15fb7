//! A code as a picture, for a screen or for paper.
use qrcode::types::QrError;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, without which scanners do not find it (ISO/IEC 18004, 5.3.8).
const QUIET: usize = 4;
/// Pixels of a module in a PNG: a code of 60 modules is then about five centimetres wide at 254 dots per inch.
const SCALE: usize = 8;

/// The modules of a code. Medium correction: a sheet of paper gets creased.
pub(crate) struct Drawing {
    code: QrCode,
}

impl Drawing {
    /// # Errors
    /// The text is longer than a code can hold (2.331 bytes).
    pub(crate) fn of(text: &str) -> Result<Self, QrError> {
        QrCode::with_error_correction_level(text, EcLevel::M).map(|code| Self { code })
    }

    /// Black on white, in shades of grey with one byte for each pixel.
    pub(crate) fn png(&self) -> Result<Vec<u8>, png::EncodingError> {
        let width = self.code.width();
        let side = (width + 2 * QUIET) * SCALE;
        let is_dark = |x: usize, y: usize| {
            let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
            inside && self.code[(x - QUIET, y - QUIET)] == Color::Dark
        };
        let pixels: Vec<u8> = (0..side)
            .flat_map(|y| (0..side).map(move |x| (x / SCALE, y / SCALE)))
            .map(|(x, y)| if is_dark(x, y) { 0 } else { 255 })
            .collect();
        let mut file = Vec::new();
        // A code has at most 177 modules.
        let side = u32::try_from(side).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(file)
    }

    /// The same to stand inside a page: without the declaration that begins a file.
    pub(crate) fn svg_element(&self) -> String {
        let file = self.svg();
        file.find("<svg").and_then(|at| file.get(at..)).unwrap_or_default().to_owned()
    }

    pub(crate) fn svg(&self) -> String {
        self.code.render::<qrcode::render::svg::Color<'_>>().quiet_zone(true).build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::{scan, scan_svg};

    fn texts() -> [String; 3] {
        ["A".into(), "00020101021126670015COM.EXAMPLE.WWW".repeat(5), "Contöh ".repeat(40)]
    }

    #[test]
    fn a_scanner_reads_from_the_png_what_was_drawn() {
        for text in texts() {
            let file = Drawing::of(&text).unwrap().png().unwrap();
            let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
            let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
            let side = usize::try_from(reader.next_frame(&mut pixels).unwrap().width).unwrap();
            assert_eq!(scan(side, |x, y| pixels[y * side + x]), text);
        }
    }

    #[test]
    fn a_scanner_reads_from_the_svg_what_was_drawn() {
        for text in texts() {
            assert_eq!(scan_svg(&Drawing::of(&text).unwrap().svg()), text);
            assert!(Drawing::of(&text).unwrap().svg_element().starts_with("<svg "));
        }
    }

    #[test]
    fn more_than_a_code_holds_is_said() {
        assert!(Drawing::of(&"é".repeat(1_200)).is_err());
    }
}
