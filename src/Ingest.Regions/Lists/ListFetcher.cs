using System.Globalization;

namespace Ingest.Regions;

/// <summary>Asks regions for the list that they serve.</summary>
/// <param name="http">The client; its time-out holds for each.</param>
/// <param name="verifier">What is not signed by the key is not there.</param>
public sealed class ListFetcher(HttpClient http, ListVerifier verifier)
{
    /// <summary>The list that a region serves; null where it gives none that is signed, or no answer.</summary>
    public async Task<SignedRegionList?> FetchAsync(Uri region, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(
                new Uri(region, SignedRegionList.Path), HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode || !answer.Headers.TryGetValues(SignedRegionList.Header, out var values))
                return null;
            await answer.Content.LoadIntoBufferAsync(SignedRegionList.BytesMax, cancellation);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellation);
            return verifier.TryVerify(body, string.Join(' ', values), out var list) ? list : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException
            && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The newest list that any of the regions serves; null where none does.</summary>
    public async Task<SignedRegionList?> NewestAsync(IEnumerable<Uri> regions, CancellationToken cancellation) =>
        (await Task.WhenAll(regions.Select(region => FetchAsync(region, cancellation)))).OfType<SignedRegionList>().MaxBy(list => list.List.Version);

    /// <summary>Says of a list which it is.</summary>
    public static string Describe(SignedRegionList? list) => list is null
        ? "no list yet"
        : string.Create(CultureInfo.InvariantCulture, $"version {list.List.Version}, until {list.List.ExpiresAt:yyyy-MM-dd}");
}
