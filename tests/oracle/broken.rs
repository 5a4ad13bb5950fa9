//! Stacks that cannot go on.

use super::*;

/// How a stack misbehaves when a packet arrives.
#[derive(Clone, Copy)]
enum Misbehaviour {
    Panics,
    PanicsInACall,
    SendsWithoutEnd,
    Fails,
    FailsToReset,
}

/// A stack that is none.
struct Misfit {
    profile: Profile,
    how: Misbehaviour,
}

impl Stack for Misfit {
    fn name(&self) -> &'static str {
        "misfit"
    }

    fn reset(&mut self, _: &Config, _: u64) -> Result<(), Broken> {
        match self.how {
            Misbehaviour::FailsToReset => Err(Broken("no memory".into())),
            _ => Ok(()),
        }
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn deliver(&mut self, packet: &[u8], out: &mut Outbox) -> Result<(), Broken> {
        match self.how {
            Misbehaviour::Panics => panic!("a packet of {} octets", packet.len()),
            Misbehaviour::SendsWithoutEnd => loop {
                out.push(Instant::START, packet)?;
            },
            Misbehaviour::Fails => Err(Broken("the link is down".into())),
            Misbehaviour::PanicsInACall | Misbehaviour::FailsToReset => Ok(()),
        }
    }

    fn advance(&mut self, _: Instant, _: &mut Outbox) -> Result<(), Broken> {
        Ok(())
    }

    fn next_timer(&mut self) -> Option<Instant> {
        None
    }

    fn listen(&mut self, _: Socket, _: u16, _: Option<Endpoint>) -> Outcome {
        Outcome::Done
    }

    fn connect(&mut self, _: Socket, _: u16, _: Endpoint) -> Outcome {
        Outcome::Unsupported
    }

    fn send(&mut self, _: Socket, _: &[u8]) -> Outcome {
        Outcome::Unsupported
    }

    fn receive(&mut self, _: Socket, _: &mut [u8]) -> Outcome {
        Outcome::Unsupported
    }

    fn close(&mut self, _: Socket) -> Outcome {
        match self.how {
            Misbehaviour::PanicsInACall => panic!("not yet written"),
            _ => Outcome::Unsupported,
        }
    }

    fn abort(&mut self, _: Socket) -> Outcome {
        Outcome::Unsupported
    }

    fn status(&mut self, _: Socket) -> Outcome {
        Outcome::Unsupported
    }
}

#[test]
fn a_stack_that_cannot_go_on_is_broken() {
    let rows = [
        (Misbehaviour::Panics, "panicked at ", ": a packet of "),
        (
            Misbehaviour::PanicsInACall,
            "panicked at ",
            ": not yet written",
        ),
        (
            Misbehaviour::SendsWithoutEnd,
            "sent 65536 packets",
            "without end",
        ),
        (Misbehaviour::Fails, "the link is down", ""),
        (Misbehaviour::FailsToReset, "no memory", ""),
    ];
    let scenario: Scenario = "A: listen\nA: close\n< SYN".parse().expect("a scenario");
    for (how, start, inside) in rows {
        let mut runner = Runner::new(move || Misfit {
            profile: profile(),
            how,
        });
        let mut oracle = Oracle::new(KnownDeviations::default());
        // The next run begins afresh and ends the same way.
        for _ in 0..2 {
            let trace = runner.run(&scenario);
            let Some(What::Broken(why)) = trace.events.last().map(|event| &event.what) else {
                panic!("{start}: {trace:?}")
            };
            assert!(why.starts_with(start) && why.contains(inside), "{why}");
            // What was seen before is judged first.
            if let Misbehaviour::SendsWithoutEnd = how {
                continue;
            }
            assert_eq!(oracle.judge(trace).verdict, Verdict::Broken(why.clone()));
        }
    }
}
