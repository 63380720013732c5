using Ingest.Collector;

namespace Ingest.Fuzz;

/// <summary>
/// A request takes no more memory than its size allows: neither while its events wait to be stored, nor in all that was
/// ever allocated for it.
/// </summary>
internal static class MemoryProperties
{
    /// <summary>What a process may take of what is set aside: <c>BytesInFlightMax</c> in docs/limits.md.</summary>
    private const int HeldFactor = 3;

    /// <summary>Bytes that any request may hold: an empty one has headers, an id and a collector object, too.</summary>
    private const int HeldBase = 16 << 10;

    /// <summary>Bytes allocated for each byte that was sent or came out of it: texts are copied, unescaped, decoded, doubled in growth.</summary>
    private const int AllocatedPerByte = 64;

    /// <summary>Bytes allocated for each event: what is noted of it, and the exception with which a broken one is found.</summary>
    private const int AllocatedPerEvent = 8 << 10;

    /// <summary>Bytes allocated for each error.</summary>
    private const int AllocatedPerError = 2 << 10;

    /// <summary>Bytes allocated for any request: pooled buffers that no earlier one has left, the context.</summary>
    private const int AllocatedBase = 512 << 10;

    /// <param name="bytes">Bytes of the request, and of its body once decompressed.</param>
    /// <param name="allocated">Bytes allocated by the collector.</param>
    /// <param name="intake">What it handed over.</param>
    public static void Check(long bytes, long allocated, RecordingIntake intake)
    {
        PropertyException.Require(
            intake.Held <= (HeldFactor * intake.Reserved) + HeldBase,
            "a request holds at most three times what it has set aside", $"{intake.Held} bytes, with {intake.Reserved} set aside");
        var errors = intake.Events.Sum(e => (long)e.Errors.Count);
        var most = (AllocatedPerByte * bytes) + (AllocatedPerEvent * (long)intake.Events.Count) + (AllocatedPerError * errors) + AllocatedBase;
        PropertyException.Require(
            allocated <= most,
            "a request allocates in proportion to its size",
            $"{allocated} bytes for {bytes} bytes with {intake.Events.Count} events and {errors} errors; at most {most}");
    }

    /// <summary>Bytes that come out of a body, at most: what is beyond the limit is not.</summary>
    public static long BytesOf(RequestInput request, in ReferenceBody body, CollectorLimits limits) =>
        request.Path.Length + (request.Query?.Length ?? 0) + request.Body.Length
        + request.Headers.Sum(header => header.Name.Length + header.Value.Length)
        + (body.Verdict == GzipVerdict.TooLarge ? limits.DecompressedBytesMax : body.Bytes.Length);
}
