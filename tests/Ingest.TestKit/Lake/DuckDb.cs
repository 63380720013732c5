using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>What DuckDB finds in one stream of a lake.</summary>
/// <param name="Files">Objects.</param>
/// <param name="Rows">Lines.</param>
/// <param name="Ids">Different event ids.</param>
/// <param name="Misplaced">Lines that were received in another hour, or from another source, than their folder says.</param>
/// <param name="Fingerprint">MD5 of all event ids in order, by <see cref="DuckDb.FingerprintOf"/>.</param>
public sealed record DuckDbCount(long Files, long Rows, long Ids, long Misplaced, string Fingerprint);

/// <summary>The independent reader: the lake as an analyst sees it, by Hive layout, with no code of ours between.</summary>
public static class DuckDb
{
    public static async Task<DuckDbCount> CountAsync(string lakeFolder, string stream)
    {
        NodeModules.Require();
        var result = await CommandResult.OfAsync("node", [Path.Combine(Repository.Js, "count.mjs"), lakeFolder, stream]);
        Assert.True(result.ExitCode == 0, result.Output);
        return JsonSerializer.Deserialize<DuckDbCount>(result.Output, JsonSerializerOptions.Web)!;
    }

    /// <summary>The same fingerprint of a set of ids, made here.</summary>
    public static string FingerprintOf(IEnumerable<string> ids)
    {
        var text = string.Join('\n', ids.Order(StringComparer.Ordinal));
#pragma warning disable CA5351 // Not for secrecy: DuckDB's own hash of a text.
        return Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
    }
}
