using System.Globalization;

namespace Ingest.Regions;

/// <summary>
/// The servers of one backend of HAProxy, by its runtime API. Weights are absolute (0 to 256 of HAProxy's), so that they mean
/// the same whatever its file says; its health checks are the witness.
/// </summary>
/// <remarks>
/// The runtime API knows no transaction. A change is one line of commands, those that give first, and is read back; where two
/// made one at once, both see what came of it.
/// </remarks>
public sealed class HaProxyLever(HaProxySettings settings) : ILever
{
    // Of the column srv_check_state: the check is configured, and enabled.
    private const int CheckRuns = 2 | 4;

    private readonly HaProxySocket _socket = new(settings.Address);

    public string Description => $"HAProxy at {settings.Address}, backend {settings.Backend}";

    public async Task<LeverReading> ReadAsync(CancellationToken cancellation)
    {
        var rows = HaProxyTable.Parse(await _socket.AskAsync([$"show servers state {settings.Backend}"], cancellation));
        var weights = new List<KeyValuePair<string, int>>();
        var health = new Dictionary<string, VantageHealth>(StringComparer.Ordinal);
        foreach (var (region, server) in settings.Servers)
        {
            var row = rows.FirstOrDefault(row => row.GetValueOrDefault("srv_name") == server)
                ?? throw new LeverException($"{Description} has no server {server}.");
            weights.Add(KeyValuePair.Create(region, Number(row, "srv_uweight")));
            health[region] = HealthOf(row);
        }

        return new LeverReading(new RegionWeights(weights), health);
    }

    public Task<string> PreviewAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation) =>
        Task.FromResult(string.Join('\n', Commands(present, wanted)));

    public async Task SetAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation)
    {
        var before = (await ReadAsync(cancellation)).Weights;
        if (!before.Equals(present))
            throw new LeverMovedException(present, before);
        var answer = (await _socket.AskAsync(Commands(present, wanted), cancellation)).Trim();
        var after = (await ReadAsync(cancellation)).Weights;
        if (after.Equals(wanted))
            return;
        // Its answer is empty where it obeyed.
        throw answer.Length > 0 ? new LeverException($"{Description} says: {answer}") : new LeverMovedException(wanted, after);
    }

    /// <summary>Regions that get more come first: at no moment has nobody a share.</summary>
    private List<string> Commands(RegionWeights present, RegionWeights wanted) =>
    [
        .. wanted.All
            .Where(weight => weight.Value != present[weight.Key])
            .OrderByDescending(weight => weight.Value - present[weight.Key])
            .Select(weight => string.Create(
                CultureInfo.InvariantCulture,
                $"set server {settings.Backend}/{settings.Servers[weight.Key]} weight {weight.Value}")),
    ];

    private static VantageHealth HealthOf(Dictionary<string, string> row)
    {
        // A server that a person put into maintenance, or that is not checked, says nothing of its region.
        if (Number(row, "srv_admin_state") != 0 || (Number(row, "srv_check_state") & CheckRuns) != CheckRuns)
            return VantageHealth.Unknown;
        return Number(row, "srv_op_state") switch
        {
            0 => VantageHealth.Down,
            // Starting, as during slowstart, and running.
            1 or 2 => VantageHealth.Up,
            _ => VantageHealth.Unknown,
        };
    }

    private static int Number(Dictionary<string, string> row, string column) =>
        int.TryParse(row.GetValueOrDefault(column), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new LeverException($"HAProxy's answer has no number in its column {column}.");
}
