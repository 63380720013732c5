using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.TestKit;

/// <summary>Objects to put into a lake.</summary>
public static class TestObject
{
    /// <summary>An object of these bytes, read in chunks of at most this size.</summary>
    public static LakeObject Of(string key, byte[] bytes, int chunkBytes = 64 << 10) => new(
        key,
        bytes.Length,
        Convert.ToHexStringLower(SHA256.HashData(bytes)),
        _ => Chunks(bytes, chunkBytes));

    /// <summary>Bytes that follow from the seed alone.</summary>
    public static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // One buffer for all chunks: a lake that keeps a chunk beyond its time is found out.
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks(byte[] bytes, int chunkBytes)
    {
        var buffer = new byte[chunkBytes];
        for (var start = 0; start < bytes.Length; start += chunkBytes)
        {
            var chunk = bytes.AsMemory(start, Math.Min(chunkBytes, bytes.Length - start));
            chunk.CopyTo(buffer);
            yield return buffer.AsMemory(0, chunk.Length);
            await Task.Yield();
        }
        buffer.AsSpan().Fill(0xEE);
    }
}
