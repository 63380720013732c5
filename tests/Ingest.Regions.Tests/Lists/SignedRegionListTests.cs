using System.Text;
using Ingest.TestKit;

namespace Ingest.Regions.Tests;

public sealed class SignedRegionListTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 20, 0, 0, TimeSpan.Zero);

    private static readonly RegionList List = new(
        7, Now, Now.AddDays(365), [new("us-east-1", new Uri("https://east.example.com"), 95), new("us-west-2", new Uri("https://west.example.com"), 5)]);

    private readonly TemporaryFolder _folder = new();

    public SignedRegionListTests() => ListKeys.Create(_folder.Of("a.key"), _folder.Of("a.pub"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_list_is_written_as_documented_and_read_back()
    {
        using var verifier = ListVerifier.Read(_folder.Of("a.pub"));
        var signed = Sign();
        Assert.Equal(
            """{"version":7,"issued_at":"2026-11-21T20:00:00+00:00","expires_at":"2027-11-21T20:00:00+00:00","regions":[{"name":"us-east-1","url":"https://east.example.com","weight":95},{"name":"us-west-2","url":"https://west.example.com","weight":5}]}""",
            Encoding.UTF8.GetString(signed.Body.Span));
        Assert.StartsWith("ecdsa-p256-sha256 ", signed.Signature, StringComparison.Ordinal);
        Assert.Equal(64, Convert.FromBase64String(signed.Signature.Split(' ')[1]).Length);
        Assert.True(SignedRegionList.TryRead(signed.ToBytes(), verifier, out var read));
        Assert.Equal(List.Regions, read.List.Regions);
    }

    [Fact]
    public void Not_one_byte_may_differ()
    {
        using var verifier = ListVerifier.Read(_folder.Of("a.pub"));
        var bytes = Sign().ToBytes();
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            Assert.False(SignedRegionList.TryRead(changed, verifier, out _), $"byte {at}");
        }
    }

    [Fact]
    public void Another_key_is_another_key()
    {
        ListKeys.Create(_folder.Of("b.key"), _folder.Of("b.pub"));
        using var verifier = ListVerifier.Read(_folder.Of("b.pub"));
        Assert.False(SignedRegionList.TryRead(Sign().ToBytes(), verifier, out _));
    }

    [Fact]
    public void Keys_are_never_overwritten_and_the_private_one_is_private()
    {
        Assert.Throws<IOException>(() => ListKeys.Create(_folder.Of("a.key"), _folder.Of("c.pub")));
        Assert.Throws<IOException>(() => ListKeys.Create(_folder.Of("c.key"), _folder.Of("a.pub")));
        Assert.False(File.Exists(_folder.Of("c.key")));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Of("a.key")));
    }

    [Fact]
    public void A_public_key_signs_nothing()
    {
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() => ListSigner.Read(_folder.Of("a.pub")));
    }

    private SignedRegionList Sign()
    {
        using var signer = ListSigner.Read(_folder.Of("a.key"));
        return signer.Sign(List);
    }
}
