using System.Globalization;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>The rules about what a region took for another one.</summary>
internal sealed partial class Rules
{
    private const string Conserved = "8: conservation";

    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);

    private readonly HashSet<(string Region, string Key)> _relayed = [];

    /// <summary>Objects that were delivered and deleted, so far.</summary>
    public int BridgedCount => _deleted.Count;

    /// <summary>What waits to be delivered; null where nothing does.</summary>
    public string? WhatIsRelayed()
    {
        var left = _objects.Keys.Count(key => IsIn(LakeLayout.Relay, key) && !_deleted.Contains(key));
        return left == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{left} objects wait to be delivered to the primary");
    }

    /// <summary>The lake deleted an object.</summary>
    public void OnDeleted(string key)
    {
        if (!_batches.TryGetValue(key, out var known) || !RelaySource.IsRelay(known.Batch.Partition.Source))
        {
            simulation.Fail("only what was relayed is ever deleted", key);
            return;
        }

        if (!_objects.ContainsKey(LakeLayout.BridgedKey(key)))
            simulation.Fail("a record stands for what was relayed", $"{key} was deleted without one");
        foreach (var line in StoredLines.Parse(known.Text))
        {
            if (regions?.IsHome(line.Event) != true)
                simulation.Fail("a relay object is deleted only after the primary has it", $"{key} was deleted, and {line.Event.Id} is at no primary");
        }

        _deleted.Add(key);
    }

    /// <summary>The journal of the primary remembers that it has all of an object.</summary>
    public void OnRelayed(RelayedObject relayed)
    {
        _relayed.Add((relayed.Region, relayed.Key));
        foreach (var line in regions!.LinesOf(relayed))
        {
            if (!IsHome(line.Event))
                simulation.Fail("a relay object counts as delivered only once it is stored", $"{relayed.Key} of {relayed.Region}: {line.Event.Id} is not stored");
        }
    }

    /// <summary>True where the journal remembers that it has all of an object.</summary>
    public bool IsRelayed(string region, string key) => _relayed.Contains((region, key));

    /// <summary>The lines of an object that was sealed.</summary>
    public IReadOnlyList<StoredLine> LinesOf(string key) => StoredLines.Parse(_batches[key].Text);

    /// <summary>The record of a delivered object stands in the lake.</summary>
    private void CheckRecord(string key, byte[] bytes)
    {
        var record = JsonSerializer.Deserialize(bytes, RelayFormat.Default.BridgedObject)!;
        if (LakeLayout.BridgedKey(record.Key) != key || !_batches.TryGetValue(record.Key, out var known) || _objects.GetValueOrDefault(record.Key) != record.Sha256)
            simulation.Fail("a record stands for what was relayed", $"{key} is no record of {record.Key}");
        else if (record.Lines != known.Batch.Events || record.Lines != record.Accepted + record.Quarantined + record.Duplicates)
            simulation.Fail(Conserved, $"{key} counts {record.Accepted} + {record.Quarantined} + {record.Duplicates} of {record.Lines} lines, {known.Batch.Events} were sealed");
    }
}
