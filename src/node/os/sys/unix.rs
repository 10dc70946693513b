//! Linux, macOS and their kin.

use std::{
    ffi::{CStr, c_char},
    io, mem,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ptr,
};

use super::{Account, Failure, Interface, System};

pub const EOL: &str = "\n";
pub const DEV_NULL: &str = "/dev/null";

fn failure(call: &'static str) -> Failure {
    Failure {
        call,
        errno: io::Error::last_os_error()
            .raw_os_error()
            .unwrap_or(libc::EIO),
    }
}

fn text(chars: &[c_char]) -> String {
    let bytes: Vec<u8> = chars
        .iter()
        .map(|c| c.cast_unsigned())
        .take_while(|byte| *byte != 0)
        .collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Name, release, version and machine of the system.
pub fn system() -> System {
    // SAFETY: `utsname` is plain arrays of characters, for which zero is a value.
    let mut names: libc::utsname = unsafe { mem::zeroed() };
    // SAFETY: `names` is a valid place to write to; the call can't fail with one.
    unsafe { libc::uname(&raw mut names) };
    System {
        name: text(&names.sysname),
        release: text(&names.release),
        version: text(&names.version),
        machine: text(&names.machine),
    }
}

/// The name of the machine.
pub fn hostname() -> Result<String, Failure> {
    let mut name = [0; 256];
    // SAFETY: the buffer is as long as said.
    if unsafe { libc::gethostname(name.as_mut_ptr(), name.len()) } != 0 {
        return Err(failure("uv_os_gethostname"));
    }
    name[255] = 0;
    Ok(text(&name))
}

/// Averages over 1, 5 and 15 minutes.
pub fn load_average() -> [f64; 3] {
    let mut averages = [0.0; 3];
    // SAFETY: the buffer holds the three numbers asked for.
    unsafe { libc::getloadavg(averages.as_mut_ptr(), 3) };
    averages
}

/// Seconds since the system started.
pub fn uptime() -> Result<f64, Failure> {
    #[cfg(target_os = "linux")]
    {
        let read = std::fs::read_to_string("/proc/uptime").ok();
        if let Some(seconds) =
            read.and_then(|text| text.split(' ').next().and_then(|first| first.parse().ok()))
        {
            return Ok(seconds);
        }
    }
    #[cfg(target_os = "linux")]
    const CLOCK: libc::clockid_t = libc::CLOCK_BOOTTIME;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: libc::clockid_t = libc::CLOCK_MONOTONIC;
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` is a valid place to write to.
    if unsafe { libc::clock_gettime(CLOCK, &raw mut now) } != 0 {
        return Err(failure("uv_uptime"));
    }
    Ok(now.tv_sec as f64 + now.tv_nsec as f64 / 1e9)
}

/// The nice value of a process; 0 is this one.
pub fn priority(pid: i32) -> Result<i32, Failure> {
    // -1 is a value and an error: the error number tells which.
    clear_errno();
    // SAFETY: plain numbers.
    let value = unsafe { libc::getpriority(libc::PRIO_PROCESS, pid.cast_unsigned() as libc::id_t) };
    if value == -1 && io::Error::last_os_error().raw_os_error() != Some(0) {
        return Err(failure("uv_os_getpriority"));
    }
    Ok(value)
}

/// Sets the error number to none, before a call whose result alone doesn't tell a failure.
pub fn clear_errno() {
    // SAFETY: the address of this thread's error number is always valid.
    #[cfg(target_os = "linux")]
    unsafe {
        *libc::__errno_location() = 0;
    }
    // SAFETY: as above.
    #[cfg(not(target_os = "linux"))]
    unsafe {
        *libc::__error() = 0;
    }
}

/// Sets the nice value of a process; 0 is this one.
pub fn set_priority(pid: i32, value: i32) -> Result<(), Failure> {
    // SAFETY: plain numbers.
    match unsafe { libc::setpriority(libc::PRIO_PROCESS, pid.cast_unsigned() as libc::id_t, value) }
    {
        0 => Ok(()),
        _ => Err(failure("uv_os_setpriority")),
    }
}

/// The account of the process, from the user database.
pub fn account() -> Result<Account, Failure> {
    // SAFETY: no arguments, and it can't fail.
    let uid = unsafe { libc::geteuid() };
    let mut space = vec![0 as c_char; 2048];
    loop {
        // SAFETY: `passwd` is pointers and numbers, for which zero is a value.
        let mut entry: libc::passwd = unsafe { mem::zeroed() };
        let mut found = ptr::null_mut();
        // SAFETY: all pointers are valid for the call, the buffer is as long as said.
        let errno = unsafe {
            libc::getpwuid_r(
                uid,
                &raw mut entry,
                space.as_mut_ptr(),
                space.len(),
                &raw mut found,
            )
        };
        match errno {
            libc::ERANGE => space.resize(space.len() * 2, 0),
            libc::EINTR => {}
            0 if found.is_null() => {
                return Err(Failure {
                    call: "uv_os_get_passwd",
                    errno: libc::ENOENT,
                });
            }
            0 => return Ok(read_account(&entry)),
            errno => {
                return Err(Failure {
                    call: "uv_os_get_passwd",
                    errno,
                });
            }
        }
    }
}

fn read_account(entry: &libc::passwd) -> Account {
    let bytes = |pointer: *const c_char| {
        // SAFETY: the fields of an entry point to strings in the buffer that it was read into, or nowhere.
        (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_bytes().to_vec())
    };
    Account {
        uid: entry.pw_uid.into(),
        gid: entry.pw_gid.into(),
        username: bytes(entry.pw_name).unwrap_or_default(),
        home: bytes(entry.pw_dir).unwrap_or_default(),
        shell: bytes(entry.pw_shell),
    }
}

/// Names the home directory, where it is set.
pub const HOME_VARIABLE: &str = "HOME";
/// Name the directory for temporary files, in this order.
pub const TEMPORARY_VARIABLES: &[&str] = &["TMPDIR", "TMP", "TEMP"];

/// The home directory in the user database.
pub fn home() -> Result<String, Failure> {
    let account = account().map_err(|failure| Failure {
        call: "uv_os_homedir",
        ..failure
    })?;
    Ok(String::from_utf8_lossy(&account.home).into_owned())
}

/// Where temporary files go: what a variable names, or the usual place.
pub fn temporary_directory(named: Option<String>) -> String {
    let path = named.unwrap_or_else(|| "/tmp".to_owned());
    match path.strip_suffix('/') {
        Some(shorter) if !shorter.is_empty() => shorter.to_owned(),
        _ => path,
    }
}

/// The addresses of the interfaces that are up.
pub fn interfaces() -> Result<Vec<Interface>, Failure> {
    let mut list = ptr::null_mut();
    // SAFETY: `list` is a valid place to write to.
    if unsafe { libc::getifaddrs(&raw mut list) } != 0 {
        return Err(failure("uv_interface_addresses"));
    }
    let mut found: Vec<Interface> = Vec::new();
    let mut macs: Vec<(String, [u8; 6])> = Vec::new();
    let mut next = list;
    // SAFETY: the list is valid until it is freed below; each link points to the next entry or nowhere.
    while let Some(entry) = unsafe { next.as_ref() } {
        next = entry.ifa_next;
        let flags = entry.ifa_flags.cast_signed();
        if flags & libc::IFF_UP == 0 || flags & libc::IFF_RUNNING == 0 || entry.ifa_addr.is_null() {
            continue;
        }
        // SAFETY: the name of an entry is a string.
        let name = unsafe { CStr::from_ptr(entry.ifa_name) }
            .to_string_lossy()
            .into_owned();
        // SAFETY: an entry's addresses are valid or null, which was checked for the first and is in the function.
        unsafe {
            if let Some(mac) = hardware_address(entry.ifa_addr) {
                macs.push((name, mac));
            } else if let Some((address, scope_id)) = ip_address(entry.ifa_addr) {
                found.push(Interface {
                    name,
                    address,
                    netmask: ip_address(entry.ifa_netmask).map(|(mask, _)| mask),
                    mac: [0; 6],
                    internal: flags & libc::IFF_LOOPBACK != 0,
                    scope_id,
                });
            }
        }
    }
    // SAFETY: the list came from getifaddrs and is freed once.
    unsafe { libc::freeifaddrs(list) };
    for interface in &mut found {
        if let Some((_, mac)) = macs.iter().find(|(name, _)| *name == interface.name) {
            interface.mac = *mac;
        }
    }
    Ok(found)
}

/// # Safety
/// The pointer is null or points to a socket address of the family that it says.
unsafe fn ip_address(address: *const libc::sockaddr) -> Option<(IpAddr, Option<u32>)> {
    // SAFETY: the caller's.
    let family = i32::from(unsafe { address.as_ref() }?.sa_family);
    match family {
        libc::AF_INET => {
            // SAFETY: an address of this family has this type.
            let address = unsafe { address.cast::<libc::sockaddr_in>().read_unaligned() };
            Some((
                Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr)).into(),
                None,
            ))
        }
        libc::AF_INET6 => {
            // SAFETY: an address of this family has this type.
            let address = unsafe { address.cast::<libc::sockaddr_in6>().read_unaligned() };
            Some((
                Ipv6Addr::from(address.sin6_addr.s6_addr).into(),
                Some(address.sin6_scope_id),
            ))
        }
        _ => None,
    }
}

/// # Safety
/// The pointer points to a socket address of the family that it says.
#[cfg(target_os = "linux")]
unsafe fn hardware_address(address: *const libc::sockaddr) -> Option<[u8; 6]> {
    // SAFETY: the caller's.
    if i32::from(unsafe { (*address).sa_family }) != libc::AF_PACKET {
        return None;
    }
    // SAFETY: an address of this family has this type.
    let address = unsafe { address.cast::<libc::sockaddr_ll>().read_unaligned() };
    address.sll_addr[..6].try_into().ok()
}

/// # Safety
/// The pointer points to a socket address of the family that it says.
#[cfg(not(target_os = "linux"))]
unsafe fn hardware_address(address: *const libc::sockaddr) -> Option<[u8; 6]> {
    // SAFETY: the caller's.
    if i32::from(unsafe { (*address).sa_family }) != libc::AF_LINK {
        return None;
    }
    // SAFETY: an address of this family has this type.
    let address = unsafe { address.cast::<libc::sockaddr_dl>().read_unaligned() };
    let start = usize::from(address.sdl_nlen);
    let bytes: Vec<u8> = address
        .sdl_data
        .get(start..start + 6)?
        .iter()
        .map(|c| c.cast_unsigned())
        .collect();
    bytes.try_into().ok()
}

#[cfg(target_os = "linux")]
pub use linux::{cpus, free_memory, total_memory};

#[cfg(target_os = "linux")]
mod linux {
    //! What `/proc` and `/sys` tell.

    use super::super::{Cpu, Times};

    fn meminfo(key: &str) -> Option<u64> {
        let text = std::fs::read_to_string("/proc/meminfo").ok()?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        line.trim()
            .trim_end_matches(" kB")
            .parse::<u64>()
            .ok()
            .map(|kilobytes| kilobytes * 1024)
    }

    /// Bytes that could be used without swapping.
    pub fn free_memory() -> u64 {
        meminfo("MemAvailable")
            .or_else(|| meminfo("MemFree"))
            .unwrap_or(0)
    }

    /// Bytes of memory.
    pub fn total_memory() -> u64 {
        meminfo("MemTotal").unwrap_or(0)
    }

    /// The processors that are online.
    pub fn cpus() -> Vec<Cpu> {
        // SAFETY: a plain number in, a plain number out.
        let ticks = u64::try_from(unsafe { libc::sysconf(libc::_SC_CLK_TCK) })
            .unwrap_or(100)
            .max(1);
        let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let field = |name: &str| -> Vec<&str> {
            info.lines()
                .filter(|line| line.starts_with(name))
                .filter_map(|line| line.split_once(':'))
                .map(|(_, value)| value.trim())
                .collect()
        };
        let models = field("model name");
        let lines = stat.lines().filter_map(|line| line.strip_prefix("cpu"));
        lines
            .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
            .enumerate()
            .map(|(at, line)| {
                let mut numbers = line
                    .split_ascii_whitespace()
                    .map(|word| word.parse::<u64>().unwrap_or(0));
                let number = numbers.next().unwrap_or(0);
                let milliseconds: Vec<u64> = numbers.map(|count| count * 1000 / ticks).collect();
                let spent = |at: usize| milliseconds.get(at).copied().unwrap_or(0);
                Cpu {
                    model: models
                        .get(at)
                        .or(models.first())
                        .copied()
                        .unwrap_or("unknown")
                        .to_owned(),
                    speed: frequency(number),
                    times: Times {
                        user: spent(0),
                        nice: spent(1),
                        sys: spent(2),
                        idle: spent(3),
                        irq: spent(5),
                    },
                }
            })
            .collect()
    }

    fn frequency(cpu: u64) -> u32 {
        let path = format!("/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_cur_freq");
        let kilohertz = std::fs::read_to_string(path)
            .ok()
            .and_then(|text| text.trim().parse::<u32>().ok());
        kilohertz.unwrap_or(0) / 1000
    }
}

#[cfg(not(target_os = "linux"))]
pub use bsd::{cpus, free_memory, total_memory};

#[cfg(not(target_os = "linux"))]
mod bsd {
    //! What `sysctl` tells.

    use std::ffi::CStr;

    use super::super::{Cpu, Times};

    fn number(name: &CStr) -> Option<u64> {
        let mut value = 0u64;
        let mut length = size_of::<u64>();
        // SAFETY: the name is a string, the place is as long as said, nothing is set.
        let outcome = unsafe {
            libc::sysctlbyname(
                name.as_ptr(),
                (&raw mut value).cast(),
                &raw mut length,
                std::ptr::null_mut(),
                0,
            )
        };
        (outcome == 0).then_some(value)
    }

    fn word(name: &CStr) -> Option<String> {
        let mut space = [0u8; 256];
        let mut length = space.len();
        // SAFETY: the name is a string, the place is as long as said, nothing is set.
        let outcome = unsafe {
            libc::sysctlbyname(
                name.as_ptr(),
                space.as_mut_ptr().cast(),
                &raw mut length,
                std::ptr::null_mut(),
                0,
            )
        };
        let text = CStr::from_bytes_until_nul(&space).ok()?;
        (outcome == 0).then(|| text.to_string_lossy().into_owned())
    }

    /// Bytes that nothing uses.
    pub fn free_memory() -> u64 {
        let page = number(c"hw.pagesize").unwrap_or(4096);
        number(c"vm.page_free_count").unwrap_or(0) * page
    }

    /// Bytes of memory.
    pub fn total_memory() -> u64 {
        number(c"hw.memsize").unwrap_or(0)
    }

    /// The processors; what they spent their time on isn't told without Mach calls, so it is zero.
    pub fn cpus() -> Vec<Cpu> {
        let model = word(c"machdep.cpu.brand_string").unwrap_or_else(|| "unknown".to_owned());
        let speed = number(c"hw.cpufrequency").unwrap_or(0) / 1_000_000;
        let count = number(c"hw.logicalcpu").unwrap_or(1);
        (0..count)
            .map(|_| Cpu {
                model: model.clone(),
                speed: u32::try_from(speed).unwrap_or(0),
                times: Times::default(),
            })
            .collect()
    }
}
