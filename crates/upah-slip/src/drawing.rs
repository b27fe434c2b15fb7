//! A code as a picture, for a screen or for paper.
use data_encoding::BASE64;
use png::{BitDepth, ColorType, Compression, EncodingError};
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around the code, without which scanners do not find it (ISO/IEC 18004, 5.3.8).
const QUIET: usize = 4;
/// Pixels of a module in a file: a code of 60 modules is then about five centimetres wide at 254 dots per inch.
const SCALE: usize = 8;

/// So many modules are three dots wide each on a head of 384 dots, the quiet zone included.
const WIDE: usize = 384 / 3 - 2 * QUIET;

/// Why a code is not drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DrawingError {
    /// The text is longer than a code can hold.
    #[error("the text is longer than a code can hold")]
    TooLong,
    /// The picture could not be written.
    #[error("the picture of the code could not be written")]
    Picture(#[from] EncodingError),
}

/// The modules of a code.
pub struct Drawing {
    code: QrCode,
}

impl Drawing {
    /// Lays a text out as a code: with medium correction, because a sheet of paper gets creased; with low correction where the
    /// modules would otherwise get too small for paper of 58 mm.
    ///
    /// # Errors
    /// [`DrawingError::TooLong`]: above 2.953 bytes, or 4.296 signs of the alphabet that codes prefer.
    pub fn of(text: &str) -> Result<Self, DrawingError> {
        let medium = QrCode::with_error_correction_level(text, EcLevel::M).ok().filter(|code| code.width() <= WIDE);
        let low = || QrCode::with_error_correction_level(text, EcLevel::L).map_err(|_| DrawingError::TooLong);
        Ok(Self { code: medium.map_or_else(low, Ok)? })
    }

    /// A PNG file, black on white.
    ///
    /// # Errors
    /// [`DrawingError::Picture`].
    pub fn png(&self) -> Result<Vec<u8>, DrawingError> {
        self.picture(SCALE, Compression::default())
    }

    /// A picture to stand inside a page, with one pixel for each module: the page makes it larger. Not compressed, so
    /// that the same code is the same text whatever version of a compressor is about.
    ///
    /// # Errors
    /// [`DrawingError::Picture`].
    pub fn data_uri(&self) -> Result<String, DrawingError> {
        let file = self.picture(1, Compression::NoCompression)?;
        Ok(format!("data:image/png;base64,{}", BASE64.encode(&file)))
    }

    /// An SVG file.
    #[must_use]
    pub fn svg(&self) -> String {
        self.code.render::<qrcode::render::svg::Color<'_>>().quiet_zone(true).build()
    }

    /// The same to stand inside a page: without the declaration that begins a file.
    #[must_use]
    pub fn svg_element(&self) -> String {
        let file = self.svg();
        file.find("<svg").and_then(|at| file.get(at..)).unwrap_or_default().to_owned()
    }

    /// One bit for each pixel, the left one in the highest bit; each line begins with a byte of its own.
    fn picture(&self, scale: usize, compression: Compression) -> Result<Vec<u8>, DrawingError> {
        let width = self.code.width();
        let side = (width + 2 * QUIET) * scale;
        let is_light = |x: usize, y: usize| {
            let (x, y) = (x / scale, y / scale);
            let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
            !inside || self.code[(x - QUIET, y - QUIET)] == Color::Light
        };
        let byte = |first: usize, y: usize| {
            (first..first + 8).fold(0u8, |bits, x| bits << 1 | u8::from(x < side && is_light(x, y)))
        };
        let places = (0..side).flat_map(|y| (0..side).step_by(8).map(move |x| (x, y)));
        let pixels: Vec<u8> = places.map(|(x, y)| byte(x, y)).collect();
        let mut file = Vec::new();
        // A code has at most 177 modules.
        let side = u32::try_from(side).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut file, side, side);
        encoder.set_color(ColorType::Grayscale);
        encoder.set_depth(BitDepth::One);
        encoder.set_compression(compression);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(file)
    }
}
