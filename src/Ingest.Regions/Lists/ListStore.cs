using System.Globalization;
using Ingest.Engine;

namespace Ingest.Regions;

/// <summary>
/// The region lists of a region, each version an object of its lake. A version is put only where there is none yet, so that
/// of two that are made at once one wins.
/// </summary>
public sealed class ListStore(ILake lake, ListVerifier verifier)
{
    private const string Folder = "region/list/";

    /// <summary>The newest list that is there, and signed; null where there is none.</summary>
    /// <param name="known">One that is known already, not read again; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">The lake cannot be read.</exception>
    public async Task<SignedRegionList?> NewestAsync(SignedRegionList? known, CancellationToken cancellation)
    {
        var keys = new List<string>();
        await foreach (var entry in lake.ListAsync(Folder, cancellation))
            keys.Add(entry.Key);
        // Versions have a fixed number of digits, so the newest is the last.
        for (var index = keys.Count - 1; index >= 0; index--)
        {
            if (known is not null && string.CompareOrdinal(keys[index], KeyOf(known.List.Version)) <= 0)
                return known;
            if (await ReadAsync(keys[index], cancellation) is { } list)
                return list;
        }

        return known;
    }

    /// <summary>Stores a list under its version.</summary>
    public async Task<PutResult> PutAsync(SignedRegionList list, CancellationToken cancellation) =>
        await lake.PutAsync(LakeText.Object(KeyOf(list.List.Version), list.ToBytes()), cancellation);

    private static string KeyOf(long version) => string.Create(CultureInfo.InvariantCulture, $"{Folder}{version:D12}.list");

    private async Task<SignedRegionList?> ReadAsync(string key, CancellationToken cancellation) =>
        await LakeText.ReadAsync(lake, key, SignedRegionList.BytesMax + 1024, cancellation) is { } stored
        && SignedRegionList.TryRead(stored, verifier, out var list)
            ? list
            : null;
}
