using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.TestKit;

/// <summary>Events that are told apart by their ids alone: made for a request, and found again in a lake.</summary>
public static class TestEvents
{
    /// <summary>A request with one valid event for each id.</summary>
    public static EventBatch Batch(params IEnumerable<string> ids)
    {
        var batch = new EventBatch();
        foreach (var id in ids)
        {
            var text = batch.Append(Encoding.UTF8.GetBytes(id));
            batch.Add(new EventEntry
            {
                Id = text,
                IdHash = EventId.Hash(batch[text]),
                Payload = batch.Append(Encoding.UTF8.GetBytes($"{{\"id\":\"{id}\"}}")),
            });
        }

        return batch;
    }

    /// <summary>The id of every line of the stream <c>good</c>, once for each line that has it.</summary>
    public static async Task<List<string>> ReadIdsAsync(ILake lake, CancellationToken cancellation) =>
        (await ReadLinesAsync(lake, LakeStream.Good, cancellation)).ConvertAll(line => JsonDocument.Parse(line).RootElement.GetProperty("event_id").GetString()!);

    /// <summary>Every line of a stream.</summary>
    public static async Task<List<string>> ReadLinesAsync(ILake lake, LakeStream stream, CancellationToken cancellation)
    {
        var lines = new List<string>();
        await foreach (var entry in lake.ListAsync($"{LakeLayout.Folder(stream)}/", cancellation))
        {
            await using var stored = await lake.OpenReadAsync(entry.Key, cancellation);
            using var text = new StreamReader(new GZipStream(stored!, CompressionMode.Decompress));
            while (await text.ReadLineAsync(cancellation) is { } line)
                lines.Add(line);
        }

        return lines;
    }
}

/// <summary>Finds every document valid.</summary>
public sealed class AcceptAll : IEventValidator
{
    public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
    {
        // Whatever it is.
    }
}
