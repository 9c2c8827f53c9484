//! Text in columns.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::failure::one_line;

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table whose columns are as wide as a terminal shows their widest cell.
#[derive(Debug)]
pub(crate) struct Table<const N: usize> {
    columns: [(&'static str, Align); N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) const fn new(columns: [(&'static str, Align); N]) -> Self {
        Self { columns, rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| one_line(&cell)));
    }

    pub(crate) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let heads = self.columns.map(|(head, _)| head.to_owned());
        let mut widths = heads.each_ref().map(|head| head.width());
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        for row in std::iter::once(&heads).chain(&self.rows) {
            self.write_row(out, row, &widths)?;
        }
        Ok(())
    }

    fn write_row(
        &self,
        out: &mut impl Write,
        row: &[String; N],
        widths: &[usize; N],
    ) -> io::Result<()> {
        let mut line = String::new();
        for ((cell, width), (_, align)) in row.iter().zip(widths).zip(self.columns) {
            let padding = " ".repeat(width.saturating_sub(cell.width()));
            if !line.is_empty() {
                line.push_str("  ");
            }
            match align {
                Align::Left => {
                    line.push_str(cell);
                    line.push_str(&padding);
                }
                Align::Right => {
                    line.push_str(&padding);
                    line.push_str(cell);
                }
            }
        }
        writeln!(out, "{}", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::{Align, Table};

    #[test]
    fn wide_characters_and_control_characters_keep_columns_straight() {
        let mut table = Table::new([("Name", Align::Left), ("Points", Align::Right)]);
        table.row(["陈美玲".to_owned(), "12".to_owned()]);
        table.row(["Zoë\n".to_owned(), "9".to_owned()]);
        let mut text = Vec::new();
        table.write(&mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert_eq!(text, "Name    Points\n陈美玲      12\nZoë          9\n");
    }
}
