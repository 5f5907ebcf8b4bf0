//! What people are asked, and what they type. Questions go to standard error, so that they are in no pipe.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::refusal::Misuse;

/// The longest line that is read; secrets have some forty characters.
const MAX_LINE_BYTES: usize = 4096;

/// What the keyboard sends for Ctrl-C, Ctrl-D, and the two ways of taking a letter back.
const INTERRUPT: u8 = 3;
const END: u8 = 4;
const BACKSPACE: [u8; 2] = [8, 127];

/// Whether there is somebody to ask.
pub(crate) fn is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks before something that cannot be taken back. Where nobody can answer, the command was meant.
pub(crate) fn confirm(question: &str) -> Result<()> {
    if !is_there() {
        return Ok(());
    }
    show(&format!("{question} [y/N] "))?;
    match read_line()?.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => bail!("nothing was changed"),
    }
}

/// Asks for a line that may be seen; `otherwise` is how to say it without a terminal.
pub(crate) fn ask(question: &str, otherwise: &str) -> Result<String> {
    require(otherwise)?;
    show(question)?;
    read_line()
}

/// The same for a line that is not shown while it is typed.
pub(crate) fn ask_secret(question: &str, otherwise: &str) -> Result<String> {
    require(otherwise)?;
    // Before the question, so that nothing is shown of an answer that comes at once.
    let hidden = Hidden::start()?;
    show(question)?;
    let typed = take_line(io::stdin().lock());
    drop(hidden);
    show("\n")?;
    typed
}

/// A line from standard input, whoever writes it.
pub(crate) fn read_line() -> Result<String> {
    take_line(io::stdin().lock())
}

fn require(otherwise: &str) -> Result<()> {
    if is_there() { Ok(()) } else { Err(Misuse(format!("there is no terminal to ask on: {otherwise}").into()).into()) }
}

fn show(text: &str) -> Result<()> {
    let mut err = io::stderr().lock();
    err.write_all(text.as_bytes()).and_then(|()| err.flush()).context("standard error cannot be written")
}

/// Byte by byte, so that nothing behind the line is taken from who reads next; and with what a terminal does to a line that it does not show.
fn take_line(input: impl BufRead) -> Result<String> {
    let mut line = Vec::new();
    for byte in input.bytes() {
        match byte.context("standard input cannot be read")? {
            b'\n' | b'\r' | END => break,
            INTERRUPT => bail!("interrupted"),
            byte if BACKSPACE.contains(&byte) => {
                line.pop();
            }
            byte => line.push(byte),
        }
        if line.len() > MAX_LINE_BYTES {
            bail!("the line is too long");
        }
    }
    String::from_utf8(line).context("what was given is no text")
}

/// While it lives, the terminal shows nothing, and Ctrl-C comes as a letter: the terminal must not be left so.
struct Hidden(Termios);

impl Hidden {
    fn start() -> Result<Self> {
        let before = tcgetattr(io::stdin()).context("the terminal cannot be asked how it is set")?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(io::stdin(), OptionalActions::Flush, &hidden).context("the terminal cannot be kept from showing what is typed")?;
        Ok(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that has gone cannot be set, and need not be.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_line_ends_where_it_was_ended_and_letters_can_be_taken_back() {
        let mut input = Cursor::new("ab\x7fc\rnext\n");
        assert_eq!(take_line(&mut input).unwrap(), "ac");
        assert_eq!(take_line(&mut input).unwrap(), "next");
        assert_eq!(take_line(&mut input).unwrap(), "");
        take_line(Cursor::new("ab\x03\n")).unwrap_err();
        take_line(Cursor::new([0xff, b'\n'])).unwrap_err();
        take_line(Cursor::new("x".repeat(5000))).unwrap_err();
    }
}
