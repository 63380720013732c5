using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>The rules about closed hours: nothing is added to one, and its manifest says what is in it.</summary>
internal sealed partial class Rules
{
    private const string ClosedHourStays = "a closed hour stays as it is";

    private LakeHour? _closed;

    /// <summary>The journal closed an hour.</summary>
    public void OnClosed(LakeHour hour)
    {
        if (!(hour <= _closed))
            _closed = hour;
    }

    /// <summary>The journal stored a block.</summary>
    private void CheckIsOpen(Block block, PartitionId partition)
    {
        if (block.Hour <= _closed)
            simulation.Fail(ClosedHourStays, $"{partition}: a block of {block.Hour} was stored after {_closed} was closed");
    }

    /// <summary>A manifest or an index stands in the lake.</summary>
    private void CheckManifest(string key, byte[] bytes)
    {
        if (!key[(key.LastIndexOf('/') + 1)..].Contains('-', StringComparison.Ordinal))
            return;
        var manifest = JsonSerializer.Deserialize(bytes, ManifestFormat.Default.SourceManifest)!;
        var hour = manifest.Hour.Hour;
        if (!(hour <= _closed))
            simulation.Fail(ClosedHourStays, $"{key} was written before {hour} was closed");
        Compare(LakeStream.Good, manifest.Counts.Good);
        Compare(LakeStream.Quarantine, manifest.Counts.Quarantined);

        void Compare(LakeStream stream, long counted)
        {
            var stored = _partitions.Where(partition => partition.Key.Source == manifest.Source)
                .Select(partition => partition.Value.Of(hour, stream)).ToList();
            var folder = RelaySource.IsRelay(manifest.Source) && stream == LakeStream.Good ? LakeLayout.Relay : LakeLayout.Folder(stream);
            var named = manifest.Objects.Where(named => named.Stream == folder).Sum(named => named.Events);
            if ((counted, counted, named) != (stored.Sum(of => of.Accepted), stored.Sum(of => of.Shipped), counted))
                simulation.Fail("8: conservation", $"{key} counts {counted} {stream} events and names {named}; {stored.Sum(of => of.Accepted)} were stored, {stored.Sum(of => of.Shipped)} shipped");
        }
    }
}
