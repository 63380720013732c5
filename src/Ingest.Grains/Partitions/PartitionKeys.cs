using System.Globalization;
using Ingest.Engine;

namespace Ingest.Grains;

/// <summary>Keys of partition grains: <c>source/n</c>, as <see cref="PartitionId.ToString"/> writes them.</summary>
public static class PartitionKeys
{
    public static bool TryParse(string key, out PartitionId id)
    {
        var slash = key.LastIndexOf('/');
        if (slash > 0
            && RelaySource.IsValid(key[..slash])
            && int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            id = new PartitionId(key[..slash], number);
            return string.Equals(id.ToString(), key, StringComparison.Ordinal);
        }

        id = default;
        return false;
    }
}
