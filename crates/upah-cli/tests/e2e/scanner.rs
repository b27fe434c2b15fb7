//! What another library reads in a picture of a code, as a phone would.

/// The text of the one code in a picture of grey pixels.
pub(crate) fn scan(side: usize, pixel: impl FnMut(usize, usize) -> u8) -> String {
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side, side, pixel);
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "codes in the picture");
    grids[0].decode().unwrap().1
}

/// The same of an SVG, whose dark modules are one path of rectangles: `M x y h w v h H x V y`.
pub(crate) fn scan_svg(svg: &str) -> String {
    let side = svg.split_once("viewBox=\"0 0 ").unwrap().1.split_once(' ').unwrap().0.parse().unwrap();
    let mut pixels = vec![255_u8; side * side];
    let path = svg.rsplit_once(" d=\"").unwrap().1.split_once('"').unwrap().0;
    for rectangle in path.split('M').filter(|part| !part.trim().is_empty()) {
        let numbers: Vec<usize> =
            rectangle.split(|letter: char| !letter.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
        let (x, y, width, height) = (numbers[0], numbers[1], numbers[2], numbers[3]);
        for line in y..y + height {
            pixels[line * side + x..line * side + x + width].fill(0);
        }
    }
    scan(side, |x, y| pixels[y * side + x])
}

/// The texts of the codes on a page, in its order.
pub(crate) fn scan_page(html: &str) -> Vec<String> {
    html.split("<svg").skip(1).map(|rest| scan_svg(rest.split_once("</svg>").unwrap().0)).collect()
}
