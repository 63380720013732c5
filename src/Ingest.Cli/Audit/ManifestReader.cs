using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Reads manifests and indexes from the lake.</summary>
internal static class ManifestReader
{
    /// <summary>Longest manifest: half a million objects take as much.</summary>
    public const long BytesMax = 256L << 20;

    /// <summary>What stands under a key.</summary>
    /// <param name="Content">The manifest; null where there is none that can be read.</param>
    /// <param name="Bytes">Its length.</param>
    /// <param name="Sha256">SHA-256 of its bytes.</param>
    /// <param name="Damage">Why it cannot be read; null where it can, or is not there.</param>
    public sealed record Found<T>(T? Content, long Bytes, string Sha256, string? Damage);

    /// <returns>Null where nothing stands there.</returns>
    /// <exception cref="LakeUnavailableException">The lake cannot answer.</exception>
    public static async Task<Found<T>?> ReadAsync<T>(
        ILake lake, string key, JsonTypeInfo<T> form, CancellationToken cancellation)
        where T : class
    {
        await using var stored = await lake.OpenReadAsync(key, cancellation);
        if (stored is null)
            return null;

        var bytes = await ReadBytesAsync(stored, key, cancellation);
        if (bytes is null)
            return new Found<T>(null, BytesMax, "", $"it has more than {BytesMax} bytes");
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
        try
        {
            return new Found<T>(JsonSerializer.Deserialize(bytes, form), bytes.Length, sha256, null);
        }
        catch (JsonException exception)
        {
            return new Found<T>(null, bytes.Length, sha256, exception.Message);
        }
    }

    private static async Task<byte[]?> ReadBytesAsync(Stream stored, string key, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        try
        {
            for (int read; (read = await stored.ReadAsync(buffer, cancellation)) > 0;)
            {
                if (bytes.Length + read > BytesMax)
                    return null;
                bytes.Write(buffer, 0, read);
            }
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new LakeUnavailableException($"{key} cannot be read to its end: {exception.Message}", exception);
        }

        return bytes.ToArray();
    }
}
