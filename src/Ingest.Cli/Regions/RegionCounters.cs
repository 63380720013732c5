using System.Net;
using System.Text.Json;
using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Cli;

/// <summary>Reads what each region counts, from the status of one of its servers.</summary>
internal sealed class RegionCounters : IDisposable
{
    private readonly AdminClient _client = new();
    private readonly IReadOnlyDictionary<string, ServerAddress?> _servers;

    private RegionCounters(IReadOnlyDictionary<string, ServerAddress?> servers) => _servers = servers;

    /// <summary>Requests by answer of the server asked since it started, and events of all its region in the hours since <see cref="Since"/>.</summary>
    internal sealed record Counts(Instant Since, IReadOnlyDictionary<string, long> Answers, long Received);

    /// <summary>Reads which servers to ask; those without a key are not asked.</summary>
    public static RegionCounters Read(RegionPlan plan, string[] admins, string[] keys, ICollection<string> mistakes)
    {
        var urls = Pairs("--admin", admins);
        var given = Pairs("--key", keys);
        var everywhere = Environment.GetEnvironmentVariable("INGEST_ADMIN_KEY");
        var servers = new Dictionary<string, ServerAddress?>(StringComparer.Ordinal);
        foreach (var region in plan.Regions)
        {
            var url = region.Url;
            if (urls.TryGetValue(region.Name, out var text) && !Uri.TryCreate(text, UriKind.Absolute, out url))
                mistakes.Add($"--admin {region.Name}={text}: write it as http://HOST:PORT or https://HOST.");
            var key = given.GetValueOrDefault(region.Name) ?? everywhere;
            servers[region.Name] = url is null || string.IsNullOrEmpty(key) ? null : new ServerAddress(url, key);
        }

        return new RegionCounters(servers);

        Dictionary<string, string> Pairs(string option, string[] words)
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var word in words)
            {
                var at = word.IndexOf('=', StringComparison.Ordinal);
                if (at < 0 || !plan.Names.Contains(word[..at], StringComparer.Ordinal))
                    mistakes.Add($"{option} {word}: write REGION= with one of {string.Join(", ", plan.Names)} before it.");
                else
                    pairs[word[..at]] = word[(at + 1)..];
            }

            return pairs;
        }
    }

    /// <summary>What each region counts; null for one that does not say.</summary>
    public async Task<IReadOnlyDictionary<string, Counts?>> ReadAsync()
    {
        var counts = new Dictionary<string, Counts?>(StringComparer.Ordinal);
        foreach (var (region, server) in _servers)
            counts[region] = server is null ? null : await AskAsync(server);
        return counts;
    }

    public void Dispose() => _client.Dispose();

    private async Task<Counts?> AskAsync(ServerAddress server)
    {
        try
        {
            if (await _client.AskAsync([server], HttpMethod.Get, "/admin/status", CancellationToken.None) is not { Status: HttpStatusCode.OK } answer
                || JsonSerializer.Deserialize(answer.Body, StatusJson.Default.StatusReport) is not { } status)
            {
                return null;
            }

            return new Counts(status.Since, status.Answers, status.Sources.Sum(source => source.Received));
        }
        catch (Exception exception) when (exception is ServerSilentException or JsonException)
        {
            return null;
        }
    }
}
