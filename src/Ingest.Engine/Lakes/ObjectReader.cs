using System.Text.Json;

namespace Ingest.Engine;

/// <summary>Reads one object of the lake in bounded memory: its length, its checksum, and each of its lines.</summary>
public static class ObjectReader
{
    /// <summary>Takes a line, without its line feed. The memory is valid during the call.</summary>
    /// <exception cref="InvalidDataException">It is no line of the lake: damage of the object.</exception>
    /// <exception cref="JsonException">As above.</exception>
    public delegate void LineAction(ReadOnlySpan<byte> line);

    /// <summary>What an object holds.</summary>
    /// <param name="Length">Its length in bytes.</param>
    /// <param name="Sha256">SHA-256 of its bytes, in lower-case hexadecimal digits.</param>
    /// <param name="Lines">Number of lines; null where it is no whole gzip file of such lines.</param>
    /// <param name="Damage">Why it is not; null where it is.</param>
    public sealed record Content(long Length, string Sha256, long? Lines, string? Damage);

    /// <summary>Reads all of an object.</summary>
    /// <param name="stored">The object's bytes.</param>
    /// <param name="onLine">Called with each line.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <exception cref="IOException">The connection to the lake broke.</exception>
    public static async Task<Content> ReadAsync(Stream stored, LineAction onLine, CancellationToken cancellation)
    {
        await using var hashing = new HashingStream(stored);
        long lines = 0;
        string? damage = null;
        try
        {
            await foreach (var line in LineReader.ReadAsync(hashing, cancellation))
            {
                onLine(line.Span);
                lines++;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            damage = exception.Message;
        }

        await hashing.CopyToAsync(Stream.Null, cancellation);
        return new Content(hashing.BytesRead, hashing.Sha256, damage is null ? lines : null, damage);
    }
}
