//! Case names: a family, perhaps a backend, and options, as in `churn/lru/pool=4k/lfu=1/n=32`.

use std::str::FromStr;

/// The names of all timed cases, shared with the Java side.
pub const CASES: &str =
    include_str!("../../../../kvbm-bench/src/main/resources/dev/kvbm/bench/cases.txt");

/// The names of all memory cases, shared with the Java side.
pub const MEMORY_CASES: &str =
    include_str!("../../../../kvbm-bench/src/main/resources/dev/kvbm/bench/memory-cases.txt");

/// A case name taken apart.
pub struct CaseName<'a> {
    pub family: &'a str,
    pub backend: &'a str,
    options: Vec<(&'a str, &'a str)>,
}

impl<'a> CaseName<'a> {
    pub fn parse(name: &'a str) -> Self {
        let mut parts = name.split('/').peekable();
        let family = parts.next().unwrap_or_default();
        let backend = parts
            .next_if(|part| !part.contains('='))
            .unwrap_or_default();
        let options = parts
            .map(|part| {
                part.split_once('=')
                    .unwrap_or_else(|| panic!("{name}: {part} is not an option"))
            })
            .collect();
        CaseName {
            family,
            backend,
            options,
        }
    }

    pub fn text(&self, key: &str) -> &'a str {
        self.find(key)
            .unwrap_or_else(|| panic!("a {} case needs {key}=", self.family))
    }

    pub fn number(&self, key: &str) -> usize {
        number(self.text(key))
    }

    pub fn flag(&self, key: &str) -> bool {
        self.number(key) != 0
    }

    fn find(&self, key: &str) -> Option<&'a str> {
        self.options
            .iter()
            .find(|(found, _)| *found == key)
            .map(|(_, value)| *value)
    }
}

/// `4k`, `1M` and `2^21` beside plain digits.
fn number(text: &str) -> usize {
    let parse =
        |digits: &str| usize::from_str(digits).unwrap_or_else(|_| panic!("{text} is not a number"));
    if let Some(exponent) = text.strip_prefix("2^") {
        1 << parse(exponent)
    } else if let Some(digits) = text.strip_suffix('k') {
        parse(digits) << 10
    } else if let Some(digits) = text.strip_suffix('M') {
        parse(digits) << 20
    } else {
        parse(text)
    }
}
