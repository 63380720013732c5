using System.Runtime.CompilerServices;
using System.Text;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>An event of the quarantine.</summary>
/// <param name="Object">The object that holds it.</param>
/// <param name="Number">Number of its line in the object, from 1 on.</param>
/// <param name="Line">Its line, without the line feed; valid until the next one is read.</param>
/// <param name="Id">Its <c>event_id</c>.</param>
/// <param name="Errors">Why it is there.</param>
internal readonly record struct QuarantinedEvent(
    ObjectKey Object, int Number, ReadOnlyMemory<byte> Line, string Id, IReadOnlyList<EventError> Errors)
{
    /// <summary>The events of one object.</summary>
    /// <exception cref="LakeUnavailableException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static async IAsyncEnumerable<QuarantinedEvent> ReadAsync(
        ILake lake, ObjectKey key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var number = 0;
        await foreach (var line in ObjectLines.ReadAsync(lake, key.Key, cancellation))
            yield return Parse(key, ++number, line);
    }

    private static QuarantinedEvent Parse(ObjectKey key, int number, ReadOnlyMemory<byte> line)
    {
        using var batch = new EventBatch(line.Length);
        try
        {
            var stored = StoredLine.Read(line.Span, batch);
            return new QuarantinedEvent(key, number, line, Encoding.UTF8.GetString(batch[stored.PlainId]), stored.Errors);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{key.Key}, line {number}: {exception.Message}", exception);
        }
    }
}
