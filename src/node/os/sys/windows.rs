//! Windows. What needs no call beyond the standard library and the environment is here; the rest fails with `ENOSYS`.

use super::{Account, Cpu, Failure, Interface, System, Times};

pub const EOL: &str = "\r\n";
pub const DEV_NULL: &str = r"\\.\nul";

/// libuv's number for "function not implemented", which the system itself doesn't have.
const ENOSYS: i32 = 4054;

fn not_there<T>(call: &'static str) -> Result<T, Failure> {
    Err(Failure {
        call,
        errno: ENOSYS,
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Name, release, version and machine of the system.
pub fn system() -> System {
    System {
        name: "Windows_NT".to_owned(),
        release: variable("OS_RELEASE").unwrap_or_else(|| "10.0".to_owned()),
        version: "Windows".to_owned(),
        machine: std::env::consts::ARCH.to_owned(),
    }
}

/// The name of the machine.
pub fn hostname() -> Result<String, Failure> {
    variable("COMPUTERNAME").map_or_else(|| not_there("uv_os_gethostname"), Ok)
}

/// Windows keeps no averages: zeros, as in Node.
pub fn load_average() -> [f64; 3] {
    [0.0; 3]
}

/// Seconds since the system started.
pub fn uptime() -> Result<f64, Failure> {
    not_there("uv_uptime")
}

/// The priority of a process.
pub fn priority(_: i32) -> Result<i32, Failure> {
    not_there("uv_os_getpriority")
}

/// Sets the priority of a process.
pub fn set_priority(_: i32, _: i32) -> Result<(), Failure> {
    not_there("uv_os_setpriority")
}

/// The account of the process, as the environment names it.
pub fn account() -> Result<Account, Failure> {
    let Some(username) = variable("USERNAME") else {
        return not_there("uv_os_get_passwd");
    };
    let home = home()?.into_bytes();
    Ok(Account {
        uid: -1,
        gid: -1,
        username: username.into_bytes(),
        home,
        shell: None,
    })
}

/// Names the home directory, where it is set.
pub const HOME_VARIABLE: &str = "USERPROFILE";
/// Name the directory for temporary files, in this order.
pub const TEMPORARY_VARIABLES: &[&str] = &["TEMP", "TMP"];

/// The home directory.
pub fn home() -> Result<String, Failure> {
    variable("USERPROFILE").map_or_else(|| not_there("uv_os_homedir"), Ok)
}

/// Where temporary files go: what a variable names, or below Windows itself.
pub fn temporary_directory(named: Option<String>) -> String {
    let path = named.unwrap_or_else(|| {
        let windows = variable("SystemRoot")
            .or_else(|| variable("windir"))
            .unwrap_or_default();
        format!(r"{windows}\temp")
    });
    match path.strip_suffix('\\') {
        Some(shorter) if !shorter.is_empty() && !shorter.ends_with(':') => shorter.to_owned(),
        _ => path,
    }
}

/// The addresses of the interfaces.
pub fn interfaces() -> Result<Vec<Interface>, Failure> {
    not_there("uv_interface_addresses")
}

/// Bytes that nothing uses: not told.
pub fn free_memory() -> u64 {
    0
}

/// Bytes of memory: not told.
pub fn total_memory() -> u64 {
    0
}

/// The processors, by number and name.
pub fn cpus() -> Vec<Cpu> {
    let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let model = variable("PROCESSOR_IDENTIFIER").unwrap_or_else(|| "unknown".to_owned());
    (0..count)
        .map(|_| Cpu {
            model: model.clone(),
            speed: 0,
            times: Times::default(),
        })
        .collect()
}
