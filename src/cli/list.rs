//! `list`: what there is.

use std::fmt::Write;

use super::args::{ListArgs, Listed};
use super::{CONFORMS, Environment, Failure, corpus};
use crate::report::Style;
use crate::spec::Req;

pub(super) fn list(args: &ListArgs, environment: &mut Environment) -> Result<u8, Failure> {
    let all = [Listed::Stacks, Listed::Requirements, Listed::Corpus];
    let what = if args.what.is_empty() {
        all.as_slice()
    } else {
        args.what.as_slice()
    };
    let mut text = String::new();
    for (n, listed) in what.iter().enumerate() {
        if what.len() > 1 {
            heading(&mut text, *listed, n, environment.style);
        }
        match listed {
            Listed::Stacks => {
                for stack in environment.stacks {
                    let _ = writeln!(text, "{:10} {}", stack.name, stack.about);
                }
            }
            Listed::Requirements => {
                for requirement in Req::all() {
                    let (level, title) = (requirement.level(), requirement.title());
                    let _ = writeln!(text, "{requirement:22} {level:10} {title}");
                }
            }
            Listed::Corpus => {
                let directory = corpus::directory(args.corpus.as_deref())?;
                for file in corpus::corpus_files(&directory).map_err(Failure::Input)? {
                    let _ = match file.cases.len() {
                        1 => writeln!(text, "{}", file.path),
                        n => writeln!(text, "{} {n} cases", file.path),
                    };
                }
            }
        }
    }
    environment.print(&text)?;
    Ok(CONFORMS)
}

fn heading(text: &mut String, listed: Listed, n: usize, style: Style) {
    let name = match listed {
        Listed::Stacks => "Stacks",
        Listed::Requirements => "Requirements",
        Listed::Corpus => "Corpus",
    };
    let gap = if n == 0 { "" } else { "\n" };
    let _ = writeln!(text, "{gap}{}", style.heading(name));
}
