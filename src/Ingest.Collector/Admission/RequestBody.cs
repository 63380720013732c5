using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>
/// The body of one request, read within all limits straight into the batch that the events will point into. Owns the
/// batch and the bytes it set aside at the gate.
/// </summary>
public sealed class RequestBody : IDisposable
{
    /// <summary>Most memory taken on the word of a Content-Length alone; beyond, memory grows with what arrives.</summary>
    private const int FirstBytesMax = 64 << 10;

    /// <summary>Room for what adapters append to a small body: ids, the collector object.</summary>
    private const int AppendBytes = 1024;

    private const int DecompressBytes = 32 << 10;

    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    private readonly HttpContext _context;
    private readonly ConcurrencyGate _gate;
    private readonly CollectorLimits _limits;
    private readonly TimeProvider _time;
    private CancellationTokenSource? _timeout;
    private long _reserved;

    public RequestBody(HttpContext context, ConcurrencyGate gate, CollectorLimits limits, TimeProvider time)
    {
        _context = context;
        _gate = gate;
        _limits = limits;
        _time = time;
        var announced = Math.Clamp(context.Request.ContentLength ?? 0, 0, FirstBytesMax);
        Batch = new EventBatch((int)announced + AppendBytes);
    }

    /// <summary>The bytes, decompressed; their owner is this object.</summary>
    public EventBatch Batch { get; private set; }

    /// <summary>Where the body is in the batch: at its start.</summary>
    public Slice Whole { get; private set; }

    /// <summary>Bytes as sent.</summary>
    public long BytesSent { get; private set; }

    /// <summary>
    /// Why the bytes are not what the client meant by them (broken gzip, an encoding we do not know), or null. They are
    /// then in the batch as sent, to be kept whole in the quarantine.
    /// </summary>
    public string? Problem { get; private set; }

    /// <summary>Reads all of it.</summary>
    /// <returns>Null when it was read, else how to answer; what the client still sends is drained then.</returns>
    public async ValueTask<Answer?> ReadAsync()
    {
        if (_context.Request.ContentLength > _limits.BodyBytesMax)
        {
            await DrainAsync();
            return Answer.TooLarge;
        }
        try
        {
            return await ReadPipeAsync() ?? Decompress();
        }
        catch (OperationCanceledException) when (_timeout is { IsCancellationRequested: true })
        {
            _context.Response.Headers.Connection = "close";
            return Answer.TooSlow;
        }
    }

    /// <summary>
    /// Reads and forgets what the client still sends, within limits, so that it gets to read the answer: a connection
    /// closed under unread bytes is reset, and the answer with it.
    /// </summary>
    public async ValueTask DrainAsync()
    {
        var request = _context.Request;
        var waitsForUs = request.Headers.Expect.Count > 0 && BytesSent == 0;
        var isHopeless = request.ContentLength - BytesSent > _limits.DrainBytesMax;
        if (waitsForUs || isHopeless || !await TryDrainAsync())
            _context.Response.Headers.Connection = "close";
    }

    /// <summary>Sets bytes aside for what the body is made into, or not; given back with the body.</summary>
    public bool TryReserve(long bytes)
    {
        if (!_gate.TryReserve(bytes))
            return false;
        _reserved += bytes;
        return true;
    }

    /// <summary>Sets memory aside for what is known of each event beside its bytes, or not.</summary>
    public bool TryReserveEvents(int count) => TryReserve((long)count * CollectorLimits.EventBytes);

    /// <summary>Sets memory aside for errors of events, or not.</summary>
    public bool TryReserveErrors(int count) => TryReserve((long)count * RequestErrors.BytesEach);

    public void Dispose()
    {
        Batch.Dispose();
        _timeout?.Dispose();
        _gate.Release(_reserved);
    }

    private async ValueTask<Answer?> ReadPipeAsync()
    {
        var reader = _context.Request.BodyReader;
        while (true)
        {
            var result = await ReadSomeAsync(reader);
            var buffer = result.Buffer;
            BytesSent += buffer.Length;
            var refusal = BytesSent > _limits.BodyBytesMax ? Answer.TooLarge
                : !TryReserve(buffer.Length) ? Answer.Overloaded
                : (Answer?)null;
            if (refusal is null)
                Take(buffer);
            reader.AdvanceTo(buffer.End);
            if (refusal is not null && !result.IsCompleted)
                await DrainAsync();
            if (refusal is not null || result.IsCompleted)
            {
                Whole = new Slice(0, Batch.Bytes.Length);
                return refusal;
            }
        }
    }

    private async ValueTask<bool> TryDrainAsync()
    {
        var reader = _context.Request.BodyReader;
        var drained = 0L;
        try
        {
            while (drained <= _limits.DrainBytesMax)
            {
                var result = await ReadSomeAsync(reader);
                drained += result.Buffer.Length;
                BytesSent += result.Buffer.Length;
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    return true;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Too slow or gone: the answer goes out as it is.
        }
        return false;
    }

    /// <summary>Most bodies are there at once; only those that are not pay for a timer.</summary>
    private ValueTask<ReadResult> ReadSomeAsync(PipeReader reader)
    {
        if (reader.TryRead(out var result))
            return ValueTask.FromResult(result);
        _timeout ??= new CancellationTokenSource(_limits.BodyTimeout, _time);
        return reader.ReadAsync(_timeout.Token);
    }

    private void Take(in ReadOnlySequence<byte> buffer)
    {
        foreach (var segment in buffer)
            Batch.Append(segment.Span);
    }

    private Answer? Decompress()
    {
        var encoding = _context.Request.Headers.ContentEncoding.ToString();
        var isGzip = Batch.Bytes.StartsWith(GzipMagic)
            || encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase)
            || encoding.Equals("x-gzip", StringComparison.OrdinalIgnoreCase);
        if (isGzip)
            return Batch.Bytes.IsEmpty ? null : Gunzip();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            Problem = "the body's Content-Encoding is neither gzip nor identity";
        return null;
    }

    private Answer? Gunzip()
    {
        GzipEnd.AppendTo(Batch);
        MemoryMarshal.TryGetArray(Batch.Memory, out var compressed);
        using var gzip = new GZipStream(
            new MemoryStream(compressed.Array!, compressed.Offset, compressed.Count, writable: false),
            CompressionMode.Decompress);
        // A bomb's size says nothing of what comes out; what does is set aside as it comes.
        var plain = new EventBatch(4 * Math.Min(compressed.Count, FirstBytesMax / 4));
        try
        {
            if (Read(gzip, plain) is { } refusal)
            {
                plain.Dispose();
                return refusal;
            }
        }
        catch (InvalidDataException)
        {
            // What came out so far has no end: judged below.
        }
        if (!GzipEnd.TryFind(plain.Bytes, out var length))
        {
            plain.Dispose();
            Problem = "the body should be gzip, but is broken or cut off";
            return null;
        }
        if (length == 0)
        {
            plain.Dispose();
            Problem = "the body is gzip of nothing";
            return null;
        }
        Batch.Dispose();
        Batch = plain;
        Whole = new Slice(0, length);
        return null;
    }

    private Answer? Read(GZipStream gzip, EventBatch plain)
    {
        while (true)
        {
            var read = gzip.Read(plain.GetSpan(DecompressBytes)[..DecompressBytes]);
            if (read == 0)
                return null;
            plain.Advance(read);
            if (plain.Bytes.Length > _limits.DecompressedBytesMax + GzipEnd.Length)
                return Answer.TooLarge;
            if (!TryReserve(read))
                return Answer.Overloaded;
        }
    }
}
