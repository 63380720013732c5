using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ingest.Engine;

/// <summary>Small JSON objects of the lake: manifests, and records of relays.</summary>
public static class LakeDocument
{
    /// <summary>Bytes above which a document is none of ours.</summary>
    private const int BytesMax = 1 << 20;

    /// <summary>The object that holds a value.</summary>
    public static LakeObject Of<T>(string key, T content, JsonTypeInfo<T> form)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(content, form), (byte)'\n'];
        return new LakeObject(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), stop => ReadAsync(bytes, stop));
    }

    /// <summary>Reads a value back; null where there is no such object.</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot answer.</exception>
    /// <exception cref="InvalidDataException">It holds something else.</exception>
    public static async Task<T?> FindAsync<T>(this ILake lake, string key, JsonTypeInfo<T> form, CancellationToken cancellation)
        where T : class
    {
        await using var stored = await lake.OpenReadAsync(key, cancellation);
        if (stored is null)
            return null;
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            for (int read; (read = await stored.ReadAsync(buffer, cancellation)) > 0;)
            {
                bytes.Write(buffer, 0, read);
                if (bytes.Length > BytesMax)
                    throw new InvalidDataException($"{key} is larger than {BytesMax} bytes");
            }

            return JsonSerializer.Deserialize(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), form)
                ?? throw new InvalidDataException($"{key} holds null");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{key} cannot be read: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new LakeUnavailableException($"{key} could not be read: {exception.Message}", exception);
        }
    }

    // Async only to have the shape that a lake reads: it never waits.
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        byte[] bytes, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        cancellation.ThrowIfCancellationRequested();
        yield return bytes;
    }
}
