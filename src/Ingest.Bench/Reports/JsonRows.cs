using System.Text.Json;

namespace Ingest.Bench;

/// <summary>
/// Figures as a JSON array, for programs: <c>{"workload":…,"subject":…,"metric":…,"median":…,"min":…,"max":…,"unit":…}</c>, a
/// figure a line.
/// </summary>
internal static class JsonRows
{
    public static void Write(Stream stream, IReadOnlyList<Measurement> figures)
    {
        stream.Write("[\n"u8);
        for (var i = 0; i < figures.Count; i++)
        {
            using (var row = new Utf8JsonWriter(stream))
                Write(row, figures[i]);
            stream.Write(i < figures.Count - 1 ? ",\n"u8 : "\n"u8);
        }

        stream.Write("]\n"u8);
    }

    private static void Write(Utf8JsonWriter row, Measurement figure)
    {
        row.WriteStartObject();
        row.WriteString("workload", figure.Workload);
        row.WriteString("subject", figure.Subject);
        row.WriteString("metric", figure.Metric);
        row.WriteNumber("median", figure.Median);
        row.WriteNumber("min", figure.Min);
        row.WriteNumber("max", figure.Max);
        row.WriteString("unit", figure.Unit);
        row.WriteEndObject();
    }
}
