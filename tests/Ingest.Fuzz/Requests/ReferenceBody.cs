using Ingest.Collector;

namespace Ingest.Fuzz;

/// <summary>What the body of a request is by the letter of the protocols.</summary>
/// <param name="Bytes">The bytes in which events are looked for: decompressed where it is gzip.</param>
/// <param name="Verdict">How it reads as gzip; whole where it is none.</param>
/// <param name="IsProblem">True where it must be kept whole, as sent: <paramref name="Bytes"/> are that.</param>
internal readonly record struct ReferenceBody(byte[] Bytes, GzipVerdict Verdict, bool IsProblem)
{
    /// <summary>The bytes after a byte order mark and white space.</summary>
    public ReadOnlySpan<byte> Text
    {
        get
        {
            var text = Bytes.AsSpan();
            if (text.StartsWith("\uFEFF"u8))
                text = text[3..];
            return text.TrimStart(" \t\r\n"u8);
        }
    }

    public bool IsBlank => Text.IsEmpty;

    public static ReferenceBody Of(RequestInput request, CollectorLimits limits)
    {
        var encoding = string.Join(',', request.Headers
            .Where(header => header.Name.Equals("Content-Encoding", StringComparison.OrdinalIgnoreCase) && header.Value.Length > 0)
            .Select(header => header.Value));
        var isGzip = request.Body.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])
            || encoding.ToUpperInvariant() is "GZIP" or "X-GZIP";
        if (!isGzip)
            return new ReferenceBody(request.Body, GzipVerdict.Whole, encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase));
        if (request.Body.Length == 0)
            return new ReferenceBody([], GzipVerdict.Whole, IsProblem: false);
        var verdict = ReferenceGzip.Decode(request.Body, limits.DecompressedBytesMax, out var plain);
        return verdict == GzipVerdict.Whole && plain.Length > 0
            ? new ReferenceBody(plain, verdict, IsProblem: false)
            : new ReferenceBody(request.Body, verdict, IsProblem: true);
    }
}
