using System.Buffers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ingest.Engine;

/// <summary>
/// The bytes of a sealed batch, read once to hash and check them, and read again to be put. A small body is kept in a
/// pooled buffer in between; <see cref="Read"/> must not be used after <see cref="Dispose"/>.
/// </summary>
internal sealed class BatchBody : IDisposable
{
    private readonly IJournal _journal;
    private readonly Batch _batch;
    private byte[]? _buffer;

    private BatchBody(IJournal journal, Batch batch, int bufferMax)
    {
        _journal = journal;
        _batch = batch;
        if (batch.BodyBytes <= bufferMax)
            _buffer = ArrayPool<byte>.Shared.Rent((int)batch.BodyBytes);
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>Reads and hashes a batch.</summary>
    /// <param name="journal">Where it is.</param>
    /// <param name="batch">Which.</param>
    /// <param name="bufferMax">Longest body that is kept in memory, in bytes.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="JournalCorruptException">
    /// Its length is not <see cref="Batch.BodyBytes"/>, or the journal found damage.
    /// </exception>
    /// <exception cref="JournalUnavailableException">The journal cannot be read now.</exception>
    public static async Task<BatchBody> ReadAsync(
        IJournal journal, Batch batch, int bufferMax, CancellationToken cancellation)
    {
        var body = new BatchBody(journal, batch, bufferMax);
        try
        {
            await body.HashAsync(cancellation);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The bytes from the start.</summary>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> Read(CancellationToken cancellation) =>
        _buffer is null ? _journal.ReadBatchAsync(_batch, cancellation) : ReadBuffer(_buffer, cancellation);

    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    private async Task HashAsync(CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length = 0;
        await foreach (var chunk in _journal.ReadBatchAsync(_batch, cancellation))
        {
            if (chunk.Length > _batch.BodyBytes - length)
                throw WrongLength("more");
            hash.AppendData(chunk.Span);
            if (_buffer is not null)
                chunk.CopyTo(_buffer.AsMemory((int)length));
            length += chunk.Length;
        }

        if (length < _batch.BodyBytes)
            throw WrongLength("fewer");
        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private JournalCorruptException WrongLength(string what) => new(
        $"Batch {_batch.Partition} {_batch.Stream} {_batch.FromSeq}-{_batch.ToSeq} "
        + $"was sealed with {_batch.BodyBytes} bytes, but the journal holds {what}.");

    // Async only to have the shape of a journal's read: it never waits.
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBuffer(
        byte[] buffer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        cancellation.ThrowIfCancellationRequested();
        yield return buffer.AsMemory(0, (int)_batch.BodyBytes);
    }
}
