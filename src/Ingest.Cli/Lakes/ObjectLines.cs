using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Reads the lines of an object one after the other; its faults name the object.</summary>
internal static class ObjectLines
{
    /// <summary>Reads them. A line's memory is valid until the next one is asked for.</summary>
    /// <exception cref="LakeUnavailableException">The object is not there, or cannot be read to its end.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file of whole lines.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        ILake lake, string key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var stored = await lake.OpenReadAsync(key, cancellation)
            ?? throw new LakeUnavailableException($"{key} is not in the lake any more");
        await using var lines = LineReader.ReadAsync(stored, cancellation).GetAsyncEnumerator(cancellation);
        while (await MoveNextAsync(lines, key))
            yield return lines.Current;
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> lines, string key)
    {
        try
        {
            return await lines.MoveNextAsync();
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{key} is damaged: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new LakeUnavailableException($"{key} cannot be read to its end: {exception.Message}", exception);
        }
    }
}
