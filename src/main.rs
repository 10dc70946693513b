//! The program `ouro`: parses the command line, builds a Runtime, runs it, exits with its code.

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    std::process::exit(ouro::cli::main());
}
