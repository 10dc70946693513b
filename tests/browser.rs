//! A real browser loads a page from an `ouro` server: a hundred resources over keep-alive, an `EventSource` stream, a form upload. Where there
//! is no Chromium the test says so and does nothing; `CHROMIUM` names one elsewhere than on the path.
#![cfg(target_os = "linux")]

mod support;

use std::process::{Child, Command, Stdio};

use support::{Scratch, Server};

struct Browser(Child);

impl Drop for Browser {
    fn drop(&mut self) {
        // With all the processes it has started, which are its group.
        let _ = Command::new("kill")
            .args(["-s", "KILL", "--", &format!("-{}", self.0.id())])
            .status();
        let _ = self.0.wait();
    }
}

fn chromium() -> Option<String> {
    let named = std::env::var("CHROMIUM").ok();
    named
        .into_iter()
        .chain(["chromium", "chromium-browser", "google-chrome"].map(str::to_owned))
        .find(|name| {
            Command::new(name)
                .arg("--version")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        })
}

#[test]
fn a_browser_loads_a_page() {
    use std::os::unix::process::CommandExt;

    let Some(program) = chromium() else {
        println!("skipped: there is no Chromium on this machine");
        return;
    };
    let mut server = Server::start("browser.js");
    let folder = Scratch::new();
    let browser = Command::new(program)
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-proxy-server",
            "--remote-debugging-port=0",
        ])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg(format!("http://{}/", server.address))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("it has told its version");
    let _browser = Browser(browser);
    let report: serde_json::Value =
        serde_json::from_str(&server.program.line()).expect("the server prints JSON");
    println!("{report}");
    assert_eq!(report["error"], serde_json::Value::Null, "{report}");
    assert_eq!(report["images"], 50, "{report}");
    assert_eq!(report["scripts"], 50, "{report}");
    assert_eq!(
        report["events"],
        serde_json::json!(["event 1", "event 2", "event 3", "event 4", "over 7"])
    );
    assert_eq!(
        report["upload"],
        serde_json::json!([
            { "name": "text", "length": 5 },
            { "name": "file", "file": "numbers.txt", "length": 1_000_000 }
        ])
    );
    // A browser opens six at most at a time; without keep-alive it would be one for each.
    let connections = report["connections"].as_u64().unwrap_or(u64::MAX);
    assert!(
        connections <= 20,
        "{connections} connections for {}",
        report["requests"]
    );
}
