using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ingest.Hosting;

/// <summary>
/// The key of the admin pages: <c>Authorization: Bearer KEY</c>, or, to read, the password of Basic authentication, for
/// which browsers ask.
/// </summary>
public sealed class AdminKey
{
    /// <summary>Environment variable with a key of the operator's own; without it each start makes one.</summary>
    public const string Variable = "INGEST_ADMIN_KEY";

    /// <summary>Shortest key that is taken, in characters.</summary>
    public const int LengthMin = 16;

    private readonly byte[] _key;

    private AdminKey(string text)
    {
        Text = text;
        _key = Encoding.UTF8.GetBytes(text);
    }

    public string Text { get; }

    /// <summary>Reads the key from the environment, or makes one of 128 bits.</summary>
    /// <param name="mistakes">Receives what is wrong with the one given.</param>
    public static AdminKey Read(ICollection<string> mistakes)
    {
        var given = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(given))
            return new AdminKey(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        if (given.Length < LengthMin)
            mistakes.Add($"{Variable}: the key must have at least {LengthMin} characters.");
        return new AdminKey(given);
    }

    /// <summary>True where the request brings the key; else it is answered with 401.</summary>
    public bool Admits(HttpContext context)
    {
        // A browser sends Basic credentials along with whatever another site makes it post.
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (Matches(context.Request.Headers.Authorization.ToString(), takesBasic: isRead))
            return true;
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"ingest admin: any user, the admin key as password\"";
        return false;
    }

    private bool Matches(string authorization, bool takesBasic)
    {
        const string bearer = "Bearer ", basic = "Basic ";
        if (authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase))
            return Matches(Encoding.UTF8.GetBytes(authorization[bearer.Length..]));
        if (!takesBasic || !authorization.StartsWith(basic, StringComparison.OrdinalIgnoreCase))
            return false;
        var decoded = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[basic.Length..], decoded, out var length))
            return false;
        var colon = Array.IndexOf(decoded, (byte)':', 0, length);
        return colon >= 0 && Matches(decoded.AsSpan(colon + 1, length - colon - 1));
    }

    private bool Matches(ReadOnlySpan<byte> given) => CryptographicOperations.FixedTimeEquals(given, _key);
}
