//! Colours, where they are wanted: on a terminal, and nowhere else.

/// Whether words are coloured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Style {
    /// With ANSI colours.
    pub colours: bool,
}

impl Style {
    /// What is wrong.
    pub fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// What is well.
    pub fn good(self, text: &str) -> String {
        self.paint("1;32", text)
    }

    /// What wants attention and is no failure.
    pub fn odd(self, text: &str) -> String {
        self.paint("1;33", text)
    }

    /// A heading.
    pub fn heading(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
