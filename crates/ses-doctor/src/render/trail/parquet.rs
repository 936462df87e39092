//! Events for databases: the members that a spreadsheet has, in columns of their types, and each record whole beside them.
//! (Apache Parquet, "Logical Types".)

use super::csv::{COLUMNS, cells};
use parquet::basic::Compression;
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::io::{self, Write};
use std::sync::Arc;
use trail_scan::Event;

/// Bytes of rows that are held; each such group is written at once.
const GROUP: usize = 8 * 1024 * 1024;

/// What a row takes beside its texts.
const ROW: usize = 32 * (COLUMNS.len() + 1);

/// A file under way.
pub(crate) struct Columns<W: Write + Send> {
    file: SerializedFileWriter<W>,
    times: Column<i64>,
    texts: Vec<Column<ByteArray>>,
    records: Vec<ByteArray>,
    held: usize,
}

/// The values of a column that are there, and for each row whether it has one.
struct Column<T> {
    values: Vec<T>,
    there: Vec<i16>,
}

impl<T> Column<T> {
    fn push(&mut self, value: Option<T>) {
        self.there.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn clear(&mut self) {
        self.values.clear();
        self.there.clear();
    }
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Self {
            values: Vec::new(),
            there: Vec::new(),
        }
    }
}

impl<W: Write + Send> Columns<W> {
    pub(crate) fn new(out: W) -> io::Result<Self> {
        let schema = parse_message_type(&schema()).map_err(failed)?;
        let gzip = Compression::GZIP(parquet::basic::GzipLevel::default());
        let properties = WriterProperties::builder().set_compression(gzip).build();
        let file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties));
        Ok(Self {
            file: file.map_err(failed)?,
            times: Column::default(),
            texts: COLUMNS.iter().skip(1).map(|_| Column::default()).collect(),
            records: Vec::new(),
            held: 0,
        })
    }

    /// One event, and its record as it stands.
    pub(crate) fn row(&mut self, event: &Event<'_>, record: &[u8]) -> io::Result<()> {
        let [_, texts @ ..] = cells(event);
        self.times
            .push(event.seconds().map(|seconds| seconds.saturating_mul(1000)));
        for (column, text) in self.texts.iter_mut().zip(texts) {
            self.held += text.map_or(0, str::len);
            column.push(text.map(ByteArray::from));
        }
        self.records.push(ByteArray::from(record.to_vec()));
        self.held += record.len() + ROW;
        match self.held < GROUP {
            true => Ok(()),
            false => self.group().map_err(failed),
        }
    }

    fn group(&mut self) -> Result<(), ParquetError> {
        if self.records.is_empty() {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        column::<Int64Type, W>(&mut group, |column| {
            column.write_batch(&self.times.values, Some(&self.times.there), None)
        })?;
        for texts in &self.texts {
            column::<ByteArrayType, W>(&mut group, |column| {
                column.write_batch(&texts.values, Some(&texts.there), None)
            })?;
        }
        column::<ByteArrayType, W>(&mut group, |column| column.write_batch(&self.records, None, None))?;
        group.close()?;
        self.times.clear();
        self.texts.iter_mut().for_each(Column::clear);
        self.records.clear();
        self.held = 0;
        Ok(())
    }

    /// Writes what is held and what closes the file, and gives back where it was written to.
    pub(crate) fn end(mut self) -> io::Result<W> {
        self.group().map_err(failed)?;
        self.file.into_inner().map_err(failed)
    }
}

/// The next column of a group.
fn column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    write: impl FnOnce(&mut ColumnWriterImpl<'_, T>) -> Result<usize, ParquetError>,
) -> Result<(), ParquetError> {
    let next = group.next_column()?;
    let mut column = next.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    write(column.typed::<T>())?;
    column.close()
}

fn schema() -> String {
    let [time, texts @ ..] = COLUMNS;
    let texts: String = texts
        .iter()
        .map(|name| format!("OPTIONAL BYTE_ARRAY {name} (STRING);"))
        .collect();
    format!(
        "message cloudtrail {{ OPTIONAL INT64 {time} (TIMESTAMP(MILLIS,true)); {texts} REQUIRED BYTE_ARRAY record (STRING); }}"
    )
}

fn failed(error: ParquetError) -> io::Error {
    let ParquetError::External(inner) = error else {
        return io::Error::other(error);
    };
    match inner.downcast::<io::Error>() {
        Ok(error) => *error,
        Err(other) => io::Error::other(other),
    }
}
