using System.Security.Cryptography;
using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Cli;

/// <summary>The regions and their lever, as a command works with them.</summary>
internal sealed class LeverSession : IDisposable
{
    private readonly HttpClient _http;
    private readonly ListVerifier? _verifier;
    private readonly ListSigner? _signer;

    private LeverSession(RegionPlan plan, ILake? lake)
    {
        (Plan, Lake) = (plan, lake);
        _http = new HttpClient { Timeout = plan.Failover.Timeout };
        _verifier = plan.List is { } list ? ListVerifier.Read(list.PublicKeyFile) : null;
        _signer = plan.List?.PrivateKeyFile is { } file && lake is not null ? ListSigner.Read(file) : null;
        var fetcher = _verifier is null ? null : new ListFetcher(_http, _verifier);
        var writing = _signer is null ? null : new RegionListLever.Writing(_signer, new ListStore(lake!, _verifier!));
        Lever = LeverFactory.Create(plan, fetcher, writing, TimeProvider.System);
    }

    public RegionPlan Plan { get; }

    public ILever Lever { get; }

    /// <summary>The lake of the region at hand; null where none is named.</summary>
    public ILake? Lake { get; }

    /// <summary>Who gave the command, for the history.</summary>
    public static string Person => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Opens one; says on standard error why not, and is null then.</summary>
    public static LeverSession? Open(RegionPlan plan, ILake? lake)
    {
        try
        {
            return new LeverSession(plan, lake);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(exception.Message);
            return null;
        }
    }

    /// <summary>Asks every region whether it can store events.</summary>
    public async Task<IReadOnlyDictionary<string, Probe>> ProbeAsync(CancellationToken cancellation)
    {
        var probe = new ReadinessProbe(_http);
        var answers = await Task.WhenAll(Plan.Regions.Select(region => probe.AskAsync(region, Plan.Names, cancellation)));
        return Plan.Names.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    /// <summary>Writes a record where there is a lake; says so where it could not. A lever that moved stays moved.</summary>
    public async Task RecordAsync(string what, RegionWeights? from, RegionWeights? to, string reason, string? failure)
    {
        if (Lake is null)
            return;
        var record = new LeverRecord(
            Instant.From(TimeProvider.System.GetUtcNow()), Person, what, from?.ToDictionary(), to?.ToDictionary(), reason, failure);
        var result = await new LeverHistory(Lake).PutAsync(record, CancellationToken.None);
        if (!result.IsConfirmed)
            await Console.Error.WriteLineAsync($"This is not in the history, since the lake did not take it: {result.Detail}");
    }

    /// <summary>Runs a command; says what kept it from its end.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception is LeverException or LakeUnavailableException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.NoAnswer;
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _verifier?.Dispose();
        _signer?.Dispose();
        (Lake as IDisposable)?.Dispose();
    }
}
