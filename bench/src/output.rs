//! What was asked for besides the tables: JSON, pictures, the README.

use std::path::{Path, PathBuf};

use crate::{
    Error, Result,
    options::Options,
    plots::{self, Plot},
    report::{self, Report},
};

/// The pictures of the README lie here.
const PLOTS: &str = "bench/plots";

/// Writes what was asked for.
///
/// # Errors
/// When something can't be written, or any scenario failed.
pub fn write(report: &Report, options: &Options) -> Result<()> {
    if let Some(path) = &options.json {
        report.write_json(path)?;
    }
    if let Some(folder) = &options.svg {
        for plot in all_plots(report)? {
            plot.write(folder)?;
        }
    }
    if options.readme {
        readme(report)?;
    }
    match report.failures() {
        failures if failures.is_empty() => Ok(()),
        failures => Err(Error::Wrong(failures.join("\n"))),
    }
}

fn all_plots(report: &Report) -> Result<Vec<Plot>> {
    let mut plots = plots::connections(report)?;
    plots.extend(plots::latencies(report)?);
    plots.extend(plots::ratios(report)?);
    plots.extend(plots::pool(report)?);
    Ok(plots)
}

/// Puts the table and two pictures into the README, which has to have been measured whole.
fn readme(report: &Report) -> Result<()> {
    let root = root();
    let plots = plots::connections(report)?;
    if plots.is_empty() {
        return Err(Error::Usage(
            "--readme: the README's table is of all scenarios".to_owned(),
        ));
    }
    let mut text = report.short_table();
    for plot in &plots {
        plot.write(&root.join(PLOTS))?;
        let name = &plot.name;
        text.push_str(&format!(
            "\n![{name} against connections]({PLOTS}/{name}.svg)\n"
        ));
    }
    report::between_markers(&root.join("README.md"), "bench", &text)?;
    let long = format!("{}\n{}", report.table(), report.sweeps.table());
    report::between_markers(&root.join("bench/README.md"), "scenarios", &long)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
