using Ingest.Engine;
using Ingest.Regions;
using Microsoft.AspNetCore.Http;

namespace Ingest.Hosting;

/// <summary>
/// Keeps the newest signed region list that this region knows of, and serves it: from its own lake, and from the other
/// regions, whose newer lists it takes into its own. A region that cannot reach anything serves what it had.
/// </summary>
public sealed class RegionListLoop : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly ILake _lake;
    private readonly Uri[] _others;
    private readonly ListVerifier _verifier;
    private readonly ListStore _store;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(3) };
    private readonly TimeProvider _time;
    private readonly HostingLog _log;
    private volatile SignedRegionList? _current;

    private RegionListLoop(RegionPlan plan, string self, ILake lake, TimeProvider time, HostingLog log)
    {
        (_lake, _time, _log) = (lake, time, log);
        _others = [.. plan.Regions.Where(region => region.Name != self).Select(region => region.Url)];
        _verifier = ListVerifier.Read(plan.List!.PublicKeyFile);
        _store = new ListStore(lake, _verifier);
    }

    /// <summary>The list that is served; null before the first.</summary>
    public SignedRegionList? Current => _current;

    /// <summary>Makes one; null where the server has no region list.</summary>
    public static RegionListLoop? Create(ServerPlan plan, ILake lake, TimeProvider time, HostingLog log) =>
        plan is { Regions: { List: not null } regions, Region.Name: { } self } ? new RegionListLoop(regions, self, lake, time, log) : null;

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var fetcher = new ListFetcher(_http, _verifier);
        try
        {
            for (; ; await Task.Delay(Period, _time, stop))
                await LookAsync(fetcher, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    /// <summary>Serves the list; to any browser, since trackers read it from any site.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = SignedRegionList.Header;
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        if (_current is not { } list)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = list.Body.Length;
        response.Headers.CacheControl = "no-cache";
        response.Headers[SignedRegionList.Header] = list.Signature;
        if (HttpMethods.IsGet(context.Request.Method))
            await response.Body.WriteAsync(list.Body, context.RequestAborted);
    }

    public void Dispose()
    {
        _http.Dispose();
        _verifier.Dispose();
    }

    private async Task LookAsync(ListFetcher fetcher, CancellationToken stop)
    {
        try
        {
            var served = await fetcher.NewestAsync(_others, stop);
            if (served is not null && served.List.Version > (_current?.List.Version ?? 0))
                await TakeAsync(served, stop);
            _current = await _store.NewestAsync(_current, stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            _log.ListNotRead(_lake.Description, exception.Message);
        }
    }

    /// <summary>Serves another region's list at once; the lake has it for the next start, and for other silos.</summary>
    private async Task TakeAsync(SignedRegionList list, CancellationToken stop)
    {
        _current = list;
        var result = await _store.PutAsync(list, stop);
        if (!result.IsConfirmed)
            _log.ListNotRead(_lake.Description, result.Detail ?? "not stored");
    }
}
