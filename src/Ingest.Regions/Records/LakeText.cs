using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Regions;

/// <summary>Small objects of the lake, whole in memory.</summary>
internal static class LakeText
{
    public static LakeObject Object(string key, byte[] bytes) =>
        new(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), _ => Once(bytes));

    /// <summary>All of an object; null where it does not exist, or is longer than it may be.</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot be read.</exception>
    public static async Task<byte[]?> ReadAsync(ILake lake, string key, int bytesMax, CancellationToken cancellation)
    {
        var stream = await lake.OpenReadAsync(key, cancellation);
        if (stream is null)
            return null;
        await using (stream)
        {
            var buffer = new byte[bytesMax + 1];
            try
            {
                var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
                return read <= bytesMax ? buffer[..read] : null;
            }
            catch (IOException exception)
            {
                throw new LakeUnavailableException($"{key}: {exception.Message}", exception);
            }
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Once(byte[] bytes)
    {
        await Task.CompletedTask;
        yield return bytes;
    }
}
