using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>An object that must be in the lake, by a manifest or by the journal.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Events">Number of its lines.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
internal readonly record struct ExpectedObject(string Key, LakeStream Stream, long Events, long Bytes, string Sha256)
{
    public static ExpectedObject Of(ShippedBatch shipped) => new(
        shipped.Object.Key, shipped.Batch.Stream, shipped.Batch.Events, shipped.Object.Length, shipped.Object.Sha256);

    /// <summary>The journal's stream of a folder that a manifest names: what waits to be relayed is in the good one.</summary>
    public static LakeStream StreamOf(string folder) =>
        folder == LakeLayout.Folder(LakeStream.Quarantine) ? LakeStream.Quarantine : LakeStream.Good;

    public static ExpectedObject Of(ManifestObject named) => new(
        named.Key,
        StreamOf(named.Stream),
        named.Events,
        named.Bytes,
        named.Sha256);
}

/// <summary>How much there is to read of a source and stream.</summary>
internal readonly record struct ExpectedVolume(long Objects, long Events, long Bytes)
{
    public ExpectedVolume Plus(in ExpectedObject expected) =>
        new(Objects + 1, Events + expected.Events, Bytes + expected.Bytes);

    public static ExpectedVolume operator +(in ExpectedVolume a, in ExpectedVolume b) =>
        new(a.Objects + b.Objects, a.Events + b.Events, a.Bytes + b.Bytes);
}
