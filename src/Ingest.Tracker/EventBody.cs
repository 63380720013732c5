using System.Text;

namespace Ingest.Tracker;

/// <summary>What an event says, whatever protocol will carry it.</summary>
/// <param name="Id">Its identity for deduplication.</param>
/// <param name="Name">What kind of event it is.</param>
/// <param name="Schema">The Iglu URI of its schema, or null.</param>
/// <param name="Data">JSON in UTF-8.</param>
internal sealed record EventBody(string Id, string Name, string? Schema, byte[] Data)
{
    /// <summary>What an event takes in the file beside its own text: times, numbers, its place in the tree.</summary>
    private const int RowBytes = 120;

    /// <summary>What it counts against the bounds.</summary>
    public int Bytes { get; } = RowBytes + Data.Length + Encoding.UTF8.GetByteCount(Id) + Encoding.UTF8.GetByteCount(Name)
        + (Schema is null ? 0 : Encoding.UTF8.GetByteCount(Schema));
}
