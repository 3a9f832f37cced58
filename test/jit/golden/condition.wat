(local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
i32.const 0
i32.load offset=0x0
local.set 0
i32.const 0
i32.load offset=0x4
local.set 1
i32.const 0
i32.load offset=0x8
local.set 2
i32.const 0
i32.load offset=0xc
local.set 3
i32.const 0
i32.load offset=0x10
local.set 4
i32.const 0
i32.load offset=0x40
i32.const 31
i32.shl
local.set 5
i32.const 0
i32.load offset=0x44
i32.eqz
local.set 6
i32.const 0
i32.load offset=0x48
local.set 7
i32.const 1
local.set 8
i32.const 0
i32.load offset=0x4c
i32.const 31
i32.shl
local.set 9
i32.const 1
local.set 10
i32.const 0
i32.load offset=0x200004
local.set 11
i32.const 0
i32.load offset=0x20000c
local.set 12
i32.const 0
i32.load offset=0x134
local.set 21
block
  local.get 11
  i32.const 6
  i32.lt_s
  if (unlikely)
    i32.const 0
    i32.const 0
    i32.store offset=0x200000
    i32.const 4
    local.set 13
    br 1
  end
  local.get 0
  local.set 22
  local.get 1
  local.set 23
  local.get 22
  local.get 23
  i32.sub
  local.set 24
  local.get 24
  local.set 5
  local.get 24
  local.set 6
  local.get 22
  local.get 23
  local.set 8
  local.set 7
  local.get 22
  local.get 23
  local.set 10
  local.set 9
  local.get 2
  local.set 22
  local.get 22
  i32.const 1
  i32.add
  local.set 23
  local.get 23
  local.get 2
  local.get 9
  local.get 10
  i32.ge_s
  local.get 6
  i32.eqz
  i32.eqz
  i32.and
  select
  local.set 2
  local.get 0
  local.set 22
  local.get 3
  local.set 23
  local.get 22
  local.get 23
  i32.sub
  local.set 24
  local.get 24
  local.get 0
  local.get 9
  local.get 10
  i32.ge_s
  local.get 6
  i32.eqz
  i32.eqz
  i32.and
  select
  local.set 0
  local.get 0
  local.set 22
  local.get 22
  local.get 4
  local.get 9
  local.get 10
  i32.ge_s
  local.get 6
  i32.eqz
  i32.eqz
  i32.and
  i32.eqz
  select
  local.set 4
  local.get 4
  i32.const 1
  i32.and
  local.set 22
  local.get 22
  local.set 5
  local.get 22
  local.set 6
  local.get 6
  i32.eqz
  local.set 25
  local.get 25
  if
    local.get 11
    i32.const 7
    i32.sub
    local.set 11
    local.get 16
    i32.const 7
    i32.add
    local.set 16
    i32.const 0
    i32.const 0
    i64.load offset=0x204040
    i64.const 1
    i64.add
    i64.store offset=0x204040
    loop
      local.get 11
      i32.const 6
      i32.lt_s
      if (unlikely)
        i32.const 0
        i32.const 0
        i32.store offset=0x200000
        i32.const 4
        local.set 13
        br 3
      end
      local.get 0
      local.set 22
      local.get 1
      local.set 23
      local.get 22
      local.get 23
      i32.sub
      local.set 24
      local.get 24
      local.set 5
      local.get 24
      local.set 6
      local.get 22
      local.get 23
      local.set 8
      local.set 7
      local.get 22
      local.get 23
      local.set 10
      local.set 9
      local.get 2
      local.set 22
      local.get 22
      i32.const 1
      i32.add
      local.set 23
      local.get 23
      local.get 2
      local.get 9
      local.get 10
      i32.ge_s
      local.get 6
      i32.eqz
      i32.eqz
      i32.and
      select
      local.set 2
      local.get 0
      local.set 22
      local.get 3
      local.set 23
      local.get 22
      local.get 23
      i32.sub
      local.set 24
      local.get 24
      local.get 0
      local.get 9
      local.get 10
      i32.ge_s
      local.get 6
      i32.eqz
      i32.eqz
      i32.and
      select
      local.set 0
      local.get 0
      local.set 22
      local.get 22
      local.get 4
      local.get 9
      local.get 10
      i32.ge_s
      local.get 6
      i32.eqz
      i32.eqz
      i32.and
      i32.eqz
      select
      local.set 4
      local.get 4
      i32.const 1
      i32.and
      local.set 22
      local.get 22
      local.set 5
      local.get 22
      local.set 6
      local.get 6
      i32.eqz
      local.set 26
      local.get 26
      if
        local.get 11
        i32.const 7
        i32.sub
        local.set 11
        local.get 27
        i32.const 1
        i32.add
        local.set 27
        br 1
      end
      local.get 11
      i32.const 6
      i32.sub
      local.set 11
      local.get 16
      i32.const 7
      i32.add
      local.set 16
      i32.const 0
      i32.const 0
      i64.load offset=0x204050
      i64.const 1
      i64.add
      i64.store offset=0x204050
      i32.const 1
      local.set 14
      i32.const 0
      i32.const 272
      i32.store offset=0x3c
      i32.const 0
      i32.const 0
      i32.store offset=0x58
      i32.const 0
      i32.const 1
      i32.store offset=0x110
      i32.const 1
      local.set 13
      br 2
    end
  end
  local.get 11
  i32.const 6
  i32.sub
  local.set 11
  local.get 16
  i32.const 7
  i32.add
  local.set 16
  i32.const 0
  i32.const 0
  i64.load offset=0x204058
  i64.const 1
  i64.add
  i64.store offset=0x204058
  i32.const 1
  local.set 14
  i32.const 0
  i32.const 272
  i32.store offset=0x3c
  i32.const 0
  i32.const 0
  i32.store offset=0x58
  i32.const 0
  i32.const 1
  i32.store offset=0x110
  i32.const 1
  local.set 13
  br 0
end
i32.const 0
local.get 0
i32.store offset=0x0
i32.const 0
local.get 2
i32.store offset=0x8
i32.const 0
local.get 4
i32.store offset=0x10
i32.const 0
local.get 5
i32.const 31
i32.shr_u
i32.store offset=0x40
i32.const 0
local.get 6
i32.eqz
i32.store offset=0x44
i32.const 0
local.get 7
local.get 8
i32.ge_u
i32.store offset=0x48
i32.const 0
local.get 9
local.get 10
i32.xor
local.get 9
local.get 9
local.get 10
i32.sub
i32.xor
i32.and
i32.const 31
i32.shr_u
i32.store offset=0x4c
i32.const 0
local.get 21
i32.store offset=0x134
i32.const 0
local.get 11
i32.store offset=0x200004
i32.const 0
local.get 12
i32.store offset=0x20000c
i32.const 0
i32.const 0
i64.load offset=0x204048
local.get 27
i64.extend_i32_u
i64.add
i64.store offset=0x204048
local.get 16
local.get 27
i32.const 7
i32.mul
i32.add
local.set 16
i32.const 0
i32.const 0
i64.load offset=0x204060
i64.const 1
i64.add
i64.store offset=0x204060
i32.const 0
i32.const 0
i64.load offset=0x204068
local.get 16
i64.extend_i32_u
i64.add
i64.store offset=0x204068
i32.const 0
i32.const 0
i32.load offset=0x200010
local.get 16
i32.add
i32.store offset=0x200010
local.get 14
i32.eqz
if
  local.get 13
  return
end
local.get 14
return_call_indirect type=12 table=0
