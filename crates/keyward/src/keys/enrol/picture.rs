//! A QR code in a terminal: one line of text holds two rows of modules. The code is black on white
//! regardless of the terminal's colours, because phones do not read inverted codes.

use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// The white margins around the code in modules: the standard one, and narrower ones that phones still
/// read.
const MARGINS: [usize; 3] = [4, 2, 1];
/// Lines that must stay free below the picture for the questions.
const FREE: usize = 2;
/// Black on bright white, and the terminal's own colours again.
const PAPER: &str = "\x1b[30;107m";
const END: &str = "\x1b[0m";

/// The picture of a text for a terminal of `rows` and `columns`, with the widest margin that fits;
/// `None` if none does.
pub(crate) fn draw(text: &str, rows: usize, columns: usize) -> Option<Zeroizing<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let margin = MARGINS.into_iter().find(|margin| {
        let side = code.width() + 2 * margin;
        side <= columns && side.div_ceil(2) + FREE <= rows
    })?;
    Some(lines(&code, margin))
}

fn lines(code: &QrCode, margin: usize) -> Zeroizing<String> {
    let side = code.width() + 2 * margin;
    let dark = |x: usize, y: usize| {
        let inside = |at: usize| at.checked_sub(margin).filter(|at| *at < code.width());
        match (inside(x), inside(y)) {
            (Some(x), Some(y)) => code[(x, y)] == Color::Dark,
            _ => false,
        }
    };
    let mut text = Zeroizing::new(String::with_capacity(side * side * 2));
    for y in (0..side).step_by(2) {
        text.push_str(PAPER);
        for x in 0..side {
            text.push(match (dark(x, y), dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        text.push_str(END);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
