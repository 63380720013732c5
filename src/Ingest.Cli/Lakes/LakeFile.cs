using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// An object of lines in the making: gzip members in a temporary file, which goes with this one. The same lines make the
/// same bytes.
/// </summary>
internal sealed class LakeFile : IDisposable
{
    /// <summary>Lines of one member, in bytes: what is held in memory.</summary>
    private const int MemberLineBytes = 1 << 20;

    /// <summary>Bytes of the file: the largest object that S3 stores in one copy.</summary>
    private const long BytesMax = 5L << 30;

    private const int ChunkBytes = 64 << 10;

    private readonly PooledBuffer _lines = new(ChunkBytes);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly FileStream _file = new(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
    });

    /// <summary>Number of lines.</summary>
    public long Lines { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <param name="line">Its bytes, with the line feed.</param>
    /// <exception cref="InvalidDataException">The object would become too large.</exception>
    public void Add(ReadOnlySpan<byte> line)
    {
        if (_lines.Length > 0 && _lines.Length + line.Length > MemberLineBytes)
            Flush();
        _lines.Write(line);
        Lines++;
    }

    /// <summary>Puts the object. Faults that may pass are tried again; see <see cref="LakePuts"/>.</summary>
    public async Task<PutOutcome> PutAsync(ILake lake, string key, CancellationToken cancellation)
    {
        Flush();
        await _file.FlushAsync(cancellation);
        var content = new LakeObject(key, _file.Length, Convert.ToHexStringLower(_hash.GetCurrentHash()), ReadAsync);
        return await LakePuts.PutAsync(lake, content, cancellation);
    }

    public void Dispose()
    {
        _file.Dispose();
        _hash.Dispose();
        _lines.Dispose();
    }

    private void Flush()
    {
        if (_lines.Length == 0)
            return;
        var member = GzipMember.Compress(_lines.Written);
        if (_file.Length + member.Length > BytesMax)
            throw new InvalidDataException($"the object would have more than {BytesMax} bytes");
        _file.Write(member);
        _hash.AppendData(member);
        _lines.Clear();
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var chunk = new byte[ChunkBytes];
        for (long at = 0; await RandomAccess.ReadAsync(_file.SafeFileHandle, chunk, at, cancellation) is > 0 and var read; at += read)
            yield return chunk.AsMemory(0, read);
    }
}
