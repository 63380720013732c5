using System.Net;

namespace Ingest.Collector.Tests;

internal static class Http
{
    public static async Task<string> OkAsync(this Task<HttpResponseMessage> pending)
    {
        using var response = await pending;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    public static async Task StatusAsync(this Task<HttpResponseMessage> pending, int status)
    {
        using var response = await pending;
        Assert.Equal(status, (int)response.StatusCode);
    }

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values)
            ? string.Join(",", values)
            : null;

    public static void AssertCors(HttpResponseMessage response, string origin)
    {
        Assert.Equal(origin, response.Header("Access-Control-Allow-Origin"));
        Assert.Equal("true", response.Header("Access-Control-Allow-Credentials"));
    }
}
