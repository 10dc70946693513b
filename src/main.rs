//! The program `ouro`: parses the command line, builds a Runtime, runs it, exits with its code.

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: ouro::CountingAllocator<ouro::Mimalloc> = ouro::CountingAllocator(ouro::Mimalloc);

#[cfg(not(feature = "mimalloc"))]
#[global_allocator]
static ALLOCATOR: ouro::CountingAllocator<std::alloc::System> =
    ouro::CountingAllocator(std::alloc::System);

fn main() {
    std::process::exit(ouro::cli::main());
}
